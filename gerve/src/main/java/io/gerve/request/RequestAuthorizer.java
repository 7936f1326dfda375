package io.gerve.request;

import io.gerve.access.AccessGate;
import io.gerve.access.Decision;
import io.gerve.access.Repository;
import io.gerve.access.Rule;
import io.gerve.accesslog.RequestDecision;
import io.gerve.git.GitCommand;
import io.gerve.keylookup.directory.KeyDirectory;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.lookup.CachedResult;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.routing.Route;
import io.gerve.routing.RouteResolver;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Authorization of a request before any git data flows: identifies the principal, parses the command, decides access,
 * and finds the route. Safe for use by many threads.
 */
public final class RequestAuthorizer {
    private static final Logger LOG = LoggerFactory.getLogger(RequestAuthorizer.class);

    private static final Decision.Denied UNKNOWN_KEY = new Decision.Denied(Rule.KEY_UNKNOWN, "");
    private static final Set<Rule> RULES_IGNORED_BY_RUNNING_PUSHES =
            EnumSet.of(Rule.REPOSITORY_ARCHIVED, Rule.REPOSITORY_LOCKED, Rule.SITE_READ_ONLY);

    private final KeyDirectory keys;
    private final AccessGate gate;
    private final RouteResolver routes;

    public RequestAuthorizer(KeyDirectory keys, AccessGate gate, RouteResolver routes) {
        this.keys = keys;
        this.gate = gate;
        this.routes = routes;
    }

    /**
     * Authorizes a request. The key is looked up again for each request: it may have been revoked, or its account
     * suspended, since the connection was made.
     */
    public AuthorizationResult authorize(ClientRequest request, RequestContext context) {
        try {
            CachedResult<Optional<RegisteredKey>> found = keys.find(request.fingerprint());
            if (found.value().isEmpty()) {
                return AuthorizationResult.Answered.denied(UNKNOWN_KEY, ClientMessage.denied(UNKNOWN_KEY, "", ""));
            }
            RegisteredKey key = found.value().get();
            context.principal(key);
            Optional<Decision.Denied> refusal = gate.keyRefusal(key);
            if (refusal.isPresent()) {
                return denied(refusal.get(), key, "");
            }
            if (request.execLine().isEmpty()) {
                return AuthorizationResult.Answered.greeted(
                        ClientMessage.greeting(AuthorizationResult.displayName(key.principal())));
            }
            Optional<GitCommand> command = GitCommand.parse(request.execLine());
            if (command.isEmpty()) {
                return SelfServiceCommand.parse(request.execLine())
                        .<AuthorizationResult>map(selfService -> new AuthorizationResult.SelfService(key, selfService))
                        .orElseGet(() -> AuthorizationResult.Answered.invalid(request.execLine()));
            }
            context.command(command.get());
            return authorize(new CachedResult<>(key, found.freshness()), command.get(), context);
        } catch (LookupUnavailable e) {
            LOG.atWarn().setCause(e).addKeyValue("request_id", context.id()).log("Look-up failed, request refused");
            return AuthorizationResult.Answered.unavailable();
        }
    }

    /**
     * Decides again about a running command. It must still run on the same repository, as another one may have taken
     * the name, and a write on the same host. A push that began before its repository was archived or locked, or before
     * the site became read-only, may finish.
     *
     * @return message to the client, or empty if the command may continue
     */
    public Optional<ClientMessage> recheck(LiveSession session) throws LookupUnavailable {
        // An expired key needs no look-up, and ends its command while the database is away too.
        Optional<Decision.Denied> expired = gate.keyRefusal(session.key());
        if (expired.isPresent()) {
            return Optional.of(refusal(expired.get(), session.key(), session.command()));
        }
        CachedResult<Optional<RegisteredKey>> found = keys.find(session.key().fingerprint());
        if (found.value().isEmpty()) {
            return Optional.of(ClientMessage.denied(UNKNOWN_KEY, "", ""));
        }
        RegisteredKey key = found.value().get();
        GitCommand command = session.command();
        return switch (gate.decide(new CachedResult<>(key, found.freshness()), command)) {
            case Decision.Allowed allowed ->
                movedMeanwhile(allowed.repository().id() == session.repository().id()
                        && isSameHost(session, allowed.repository()));
            case Decision.Denied denied
            when RULES_IGNORED_BY_RUNNING_PUSHES.contains(denied.rule()) ->
                movedMeanwhile(isSameHost(session, session.repository()));
            case Decision.Denied denied -> Optional.of(refusal(denied, key, command));
        };
    }

    private static ClientMessage refusal(Decision.Denied denied, RegisteredKey key, GitCommand command) {
        return ClientMessage.denied(
                denied,
                AuthorizationResult.displayName(key.principal()),
                command.repository().toString());
    }

    /** Returns the decision that the command would get now for the key. Nothing is recorded. */
    public DecisionPreview preview(Fingerprint fingerprint, GitCommand command) throws LookupUnavailable {
        CachedResult<Optional<RegisteredKey>> found = keys.find(fingerprint);
        if (found.value().isEmpty()) {
            return preview(UNKNOWN_KEY, "", "");
        }
        RegisteredKey key = found.value().get();
        return switch (gate.decide(new CachedResult<>(key, found.freshness()), command)) {
            case Decision.Denied denied ->
                preview(
                        denied,
                        AuthorizationResult.displayName(key.principal()),
                        command.repository().toString());
            case Decision.Allowed allowed ->
                routes.routeTo(allowed.repository().name().owner())
                        .map(route -> new DecisionPreview(
                                RequestDecision.ALLOWED, allowed.rule().label(), "", route.server()))
                        .orElseGet(() -> {
                            var answered = AuthorizationResult.Answered.unavailable();
                            return new DecisionPreview(
                                    answered.decision(),
                                    "no_route",
                                    answered.message().text(),
                                    "");
                        });
        };
    }

    /** Returns the decision that the key would get now, without a command. */
    public DecisionPreview preview(Fingerprint fingerprint) throws LookupUnavailable {
        Optional<RegisteredKey> found = keys.find(fingerprint).value();
        if (found.isEmpty()) {
            return preview(UNKNOWN_KEY, "", "");
        }
        return gate.keyRefusal(found.get())
                .map(denied -> preview(
                        denied, AuthorizationResult.displayName(found.get().principal()), ""))
                .orElse(new DecisionPreview(RequestDecision.ALLOWED, "key_known", "", ""));
    }

    private static DecisionPreview preview(Decision.Denied denied, String principalName, String repositoryName) {
        return new DecisionPreview(
                RequestDecision.DENIED,
                denied.rule().label(),
                ClientMessage.denied(denied, principalName, repositoryName).text(),
                "");
    }

    private static Optional<ClientMessage> movedMeanwhile(boolean isSameTarget) {
        return isSameTarget ? Optional.empty() : Optional.of(ClientMessage.MOVED_MEANWHILE);
    }

    /** Returns whether a write would still go to the same host: a standby may have become active. True for a read. */
    private boolean isSameHost(LiveSession session, Repository repository) throws LookupUnavailable {
        return !session.isWrite()
                || routes.routeTo(repository.name().owner())
                        .map(route -> route.writeHosts().equals(session.route().writeHosts()))
                        .orElse(false);
    }

    private AuthorizationResult authorize(CachedResult<RegisteredKey> key, GitCommand command, RequestContext context)
            throws LookupUnavailable {
        switch (gate.decide(key, command)) {
            case Decision.Denied denied -> {
                context.decided();
                return denied(denied, key.value(), command.repository().toString());
            }
            case Decision.Allowed allowed -> {
                context.decided(allowed);
                Optional<Route> route =
                        routes.routeTo(allowed.repository().name().owner());
                context.routed(route);
                if (route.isEmpty()) {
                    LOG.atError()
                            .addKeyValue("request_id", context.id())
                            .addKeyValue("owner", allowed.repository().name().owner())
                            .log("Owner has no route. Run: gerve route set");
                    return AuthorizationResult.Answered.unavailable();
                }
                return new AuthorizationResult.Authorized(key.value(), command, allowed, route.get());
            }
        }
    }

    private static AuthorizationResult denied(Decision.Denied denied, RegisteredKey key, String repositoryName) {
        return AuthorizationResult.Answered.denied(
                denied, ClientMessage.denied(denied, AuthorizationResult.displayName(key.principal()), repositoryName));
    }
}
