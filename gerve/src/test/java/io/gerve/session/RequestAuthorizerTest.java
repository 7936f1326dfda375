package io.gerve.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.access.AccessGate;
import io.gerve.access.Rule;
import io.gerve.accesslog.RequestDecision;
import io.gerve.config.LfsSettings;
import io.gerve.git.GitCommand;
import io.gerve.keylookup.directory.KeyDirectory;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.lfs.LfsServer;
import io.gerve.lookup.CachedResult;
import io.gerve.request.AuthorizationResult;
import io.gerve.request.ClientMessage;
import io.gerve.request.RequestAuthorizer;
import io.gerve.request.RequestRule;
import io.gerve.routing.RouteResolver;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Previews: what would become of a request now. */
class RequestAuthorizerTest {
    private static final Optional<LfsServer> LFS = Optional.of(new LfsServer(
            new LfsSettings("https://lfs.example/{owner}/{repository}", "s".repeat(32), Duration.ofMinutes(10)),
            InstantSource.system()));
    private static final Fingerprint FINGERPRINT = RequestSamples.KEY.fingerprint();
    private static final KeyDirectory REGISTERED = _ -> CachedResult.fresh(Optional.of(RequestSamples.KEY));
    private static final KeyDirectory UNREGISTERED = _ -> CachedResult.fresh(Optional.empty());

    private static final GitCommand CLONE =
            GitCommand.parse("git-upload-pack 'mojombo/bert.git'").orElseThrow();
    private static final GitCommand PUSH =
            GitCommand.parse("git-receive-pack 'mojombo/bert.git'").orElseThrow();

    @Test
    void allowedCommandHasItsRouteAndPath() throws Exception {
        assertThat(authorizer(REGISTERED, RequestSamples::routes).preview(FINGERPRINT, CLONE))
                .isInstanceOfSatisfying(AuthorizationResult.Authorized.class, authorized -> {
                    assertThat(authorized.decision()).isEqualTo(RequestDecision.ALLOWED);
                    assertThat(authorized.rule()).isEqualTo(Rule.PUBLIC);
                    assertThat(authorized.message()).isEmpty();
                    assertThat(authorized.route().server()).isEqualTo("fs3");
                    assertThat(authorized.hosts()).hasSize(2);
                    assertThat(authorized.path().text()).isEqualTo("a/a8/e2/95/mojombo/bert.git");
                });
    }

    @Test
    void refusedCommandHasItsRuleAndMessage() throws Exception {
        AuthorizationResult result =
                authorizer(REGISTERED, RequestSamples::routes).preview(FINGERPRINT, PUSH);

        assertAnswered(
                result,
                RequestDecision.DENIED,
                Rule.NO_WRITE_GRANT.label(),
                "ERROR: Permission to mojombo/bert.git denied to tom.");
    }

    @Test
    void ownerWithoutRouteIsUnavailable() throws Exception {
        AuthorizationResult result =
                authorizer(REGISTERED, _ -> Optional.empty()).preview(FINGERPRINT, CLONE);

        assertAnswered(
                result,
                RequestDecision.UNAVAILABLE,
                RequestRule.NO_ROUTE.label(),
                "ERROR: Gerve cannot check your access just now. Nothing was changed. Please try again.");
    }

    @Test
    void keyWithoutCommandIsGreeted() throws Exception {
        AuthorizationResult result =
                authorizer(REGISTERED, RequestSamples::routes).preview(FINGERPRINT, "");

        assertAnswered(
                result,
                RequestDecision.GREETED,
                RequestRule.NO_COMMAND.label(),
                "Hi tom! You've successfully authenticated, but Gerve does not provide shell access.");
    }

    @Test
    void unknownKeyIsDeniedWithAndWithoutCommand() throws Exception {
        var authorizer = authorizer(UNREGISTERED, RequestSamples::routes);

        assertThat(authorizer.preview(FINGERPRINT, "").rule()).isEqualTo(Rule.KEY_UNKNOWN);
        assertThat(authorizer.preview(FINGERPRINT, CLONE)).isEqualTo(authorizer.preview(FINGERPRINT, ""));
    }

    /** The attack: whoever can write to Redis names an earlier file server, which takes the push, and it is lost. */
    @Test
    void pushTakesItsRouteFromTheDatabaseAndACloneMayTakeItFromACache() throws Exception {
        var authorizer = new RequestAuthorizer(
                REGISTERED,
                new AccessGate((_, _) -> CachedResult.fresh(RequestSamples.owned()), InstantSource.system()),
                _ -> Optional.of(RequestSamples.route("fs9", List.of("fs9a"))),
                RequestSamples::routes,
                Optional.empty());

        assertThat(serverOf(authorizer.preview(FINGERPRINT, PUSH))).isEqualTo("fs3");
        assertThat(serverOf(authorizer.preview(FINGERPRINT, CLONE))).isEqualTo("fs9");
    }

    @Test
    void lfsNeedsTheRightsOfACloneOrOfAPush() throws Exception {
        var authorizer = authorizer(REGISTERED, RequestSamples::routes, LFS);

        assertThat(authorizer.preview(FINGERPRINT, "git-lfs-authenticate mojombo/bert.git download"))
                .isInstanceOf(AuthorizationResult.LfsAllowed.class);
        assertAnswered(
                authorizer.preview(FINGERPRINT, "git-lfs-authenticate mojombo/bert.git upload"),
                RequestDecision.DENIED,
                "no_write_grant",
                "ERROR: Permission to mojombo/bert.git denied to tom.");
        assertAnswered(
                authorizer.preview(FINGERPRINT, "git-lfs-authenticate mojombo download"),
                RequestDecision.DENIED,
                "invalid_repository",
                "ERROR: Repository not found.");
        assertAnswered(
                authorizer.preview(FINGERPRINT, "git-lfs-transfer mojombo/bert.git upload"),
                RequestDecision.DENIED,
                "invalid_command",
                "git-lfs-transfer: not found\nERROR: Invalid command: git-lfs-transfer mojombo/bert.git upload");
    }

    @Test
    void siteWithoutLfsServerHasNoLfsCommand() throws Exception {
        assertAnswered(
                authorizer(REGISTERED, RequestSamples::routes)
                        .preview(FINGERPRINT, "git-lfs-authenticate mojombo/bert.git download"),
                RequestDecision.DENIED,
                "invalid_command",
                "git-lfs-authenticate: not found\n"
                        + "ERROR: Invalid command: git-lfs-authenticate mojombo/bert.git download");
    }

    private static String serverOf(AuthorizationResult result) {
        return ((AuthorizationResult.Authorized) result).route().server();
    }

    private static RequestAuthorizer authorizer(KeyDirectory keys, RouteResolver routes) {
        return authorizer(keys, routes, Optional.empty());
    }

    private static RequestAuthorizer authorizer(KeyDirectory keys, RouteResolver routes, Optional<LfsServer> lfs) {
        return new RequestAuthorizer(
                keys,
                new AccessGate((_, _) -> CachedResult.fresh(RequestSamples.readable()), InstantSource.system()),
                routes,
                routes,
                lfs);
    }

    private static void assertAnswered(
            AuthorizationResult result, RequestDecision decision, String rule, String message) {
        assertThat(result.decision()).isEqualTo(decision);
        assertThat(result.rule().label()).isEqualTo(rule);
        assertThat(result.message()).map(ClientMessage::text).contains(message);
    }
}
