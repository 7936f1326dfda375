package io.gerve.explain;

import io.gerve.access.AccessGate;
import io.gerve.access.Grants;
import io.gerve.access.Rule;
import io.gerve.accesslog.RequestDecision;
import io.gerve.git.GitCommand;
import io.gerve.git.GitProtocol;
import io.gerve.git.RepositoryPath;
import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.KeyDirectory;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.lookup.CachedResult;
import io.gerve.program.RequestIdGenerator;
import io.gerve.request.AuthorizationResult;
import io.gerve.request.ClientMessage;
import io.gerve.request.ClientRequest;
import io.gerve.request.RequestAuthorizer;
import io.gerve.request.RequestContext;
import io.gerve.routing.Route;
import io.gerve.routing.RouteResolver;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Explainer of hypothetical requests. It decides with the same {@link RequestAuthorizer} as the frontends and reports
 * each rule tried and the time of each step. It connects to no file server, writes no record and does not update the
 * key's last use.
 */
public final class Explainer {
    private final KeyDirectory keys;
    private final Grants grants;
    private final RouteResolver routes;
    private final InstantSource clock;
    private final LongSupplier nanos;

    /**
     * @param clock the time against which the expiry of keys is checked
     * @param nanos a time source such as {@link System#nanoTime}
     */
    public Explainer(KeyDirectory keys, Grants grants, RouteResolver routes, InstantSource clock, LongSupplier nanos) {
        this.keys = keys;
        this.grants = grants;
        this.routes = routes;
        this.clock = clock;
        this.nanos = nanos;
    }

    /** Explains the command for the key. */
    public Explanation explain(Fingerprint key, GitCommand command) {
        return explain(keys, key, command);
    }

    /** Explains the command for a valid key of the account. */
    public Explanation explain(Account account, GitCommand command) {
        var key = RegisteredKey.activeKeyOf(account);
        return explain(_ -> CachedResult.fresh(Optional.of(key)), key.fingerprint(), command);
    }

    private Explanation explain(KeyDirectory directory, Fingerprint key, GitCommand command) {
        var watch = new Stopwatch(nanos);
        List<Explanation.Tried> tried = new ArrayList<>();
        var gate = new AccessGate(
                (principal, name) -> watch.time("repository and rights", () -> grants.find(principal, name)),
                clock,
                (rule, applies, fact) ->
                        add(tried, new Explanation.Tried(rule, applies, FactDescription.text(fact, rule))));
        var authorizer = new RequestAuthorizer(
                fingerprint -> watch.time("key", () -> directory.find(fingerprint)),
                gate,
                owner -> watch.time("route", () -> routes.routeTo(owner)));
        var request = new ClientRequest(
                "explain",
                InetAddress.getLoopbackAddress(),
                key,
                Duration.ZERO,
                command.service().program() + " '" + command.repository() + "'",
                GitProtocol.UNSTATED);
        var context = new RequestContext(new RequestIdGenerator(clock, new SecureRandom()).next(), request, nanos);
        AuthorizationResult result =
                watch.timeAll("the rest of the decision", () -> authorizer.authorize(request, context));
        return explanation(result, tried, watch.steps());
    }

    /** Adds a rule once. The gate checks the key twice: alone, and again with the command. */
    private static void add(List<Explanation.Tried> tried, Explanation.Tried step) {
        if (tried.stream().noneMatch(earlier -> earlier.rule() == step.rule())) {
            tried.add(step);
        }
    }

    private static Explanation explanation(
            AuthorizationResult result, List<Explanation.Tried> tried, List<Explanation.Step> steps) {
        return switch (result) {
            case AuthorizationResult.Answered answer -> {
                if (answer.rule().equals(Rule.KEY_UNKNOWN.label())) {
                    tried.add(new Explanation.Tried(Rule.KEY_UNKNOWN, true, "the key is not registered"));
                }
                yield new Explanation(
                        tried,
                        answer.decision(),
                        answer.rule(),
                        answer.message().text(),
                        answer.message().exitStatus(),
                        Optional.empty(),
                        "",
                        steps);
            }
            case AuthorizationResult.SelfService _ ->
                throw new IllegalStateException("a git command is not a self-service command");
            case AuthorizationResult.Authorized(var _, var _, var decision, Route route) ->
                new Explanation(
                        tried,
                        RequestDecision.ALLOWED,
                        decision.rule().label(),
                        decision.isRedirected()
                                ? ClientMessage.moved(
                                                decision.requestedName(),
                                                decision.repository().name())
                                        .text()
                                : "",
                        0,
                        Optional.of(route),
                        new RepositoryPath(decision.repository().name()).text(),
                        steps);
        };
    }
}
