package io.gerve.request;

import io.gerve.access.AccessGate;
import io.gerve.access.Decision;
import io.gerve.access.Rule;
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

/** Who is it, what is asked, may they, where is it: everything before a byte of git flows. Safe for use by many threads. */
public final class RequestAuthorizer {
    private static final Logger LOG = LoggerFactory.getLogger(RequestAuthorizer.class);

    private static final Decision.Denied UNKNOWN_KEY = new Decision.Denied(Rule.KEY_UNKNOWN, "");
    private static final Set<Rule> RULES_THAT_SPARE_RUNNING_PUSHES =
            EnumSet.of(Rule.REPOSITORY_ARCHIVED, Rule.REPOSITORY_LOCKED, Rule.SITE_READ_ONLY);

    private final KeyDirectory keys;
    private final AccessGate gate;
    private final RouteResolver routes;

    public RequestAuthorizer(KeyDirectory keys, AccessGate gate, RouteResolver chimney) {
        this.keys = keys;
        this.gate = gate;
        this.routes = chimney;
    }

    /** The key is looked up again for each request: since the connection was made it may have been revoked, or its account suspended. */
    public AuthorizationResult authorize(ClientRequest request, RequestContext trace) {
        try {
            CachedResult<Optional<RegisteredKey>> found = keys.find(request.fingerprint());
            if (found.value().isEmpty()) {
                return AuthorizationResult.Answered.denied(UNKNOWN_KEY, ClientMessage.denied(UNKNOWN_KEY, "", ""));
            }
            RegisteredKey key = found.value().get();
            trace.principal(key);
            Optional<Decision.Denied> barred = gate.keyRefusal(key);
            if (barred.isPresent()) {
                return denied(barred.get(), key, "");
            }
            if (request.execLine().isEmpty()) {
                return AuthorizationResult.Answered.greeted(
                        ClientMessage.greeting(AuthorizationResult.displayName(key.principal())));
            }
            Optional<GitCommand> command = GitCommand.parse(request.execLine());
            if (command.isEmpty()) {
                return SelfServiceCommand.parse(request.execLine())
                        .<AuthorizationResult>map(question -> new AuthorizationResult.SelfService(key, question))
                        .orElseGet(() -> AuthorizationResult.Answered.invalid(request.execLine()));
            }
            trace.command(command.get());
            return authorize(new CachedResult<>(key, found.freshness()), command.get(), trace);
        } catch (LookupUnavailable e) {
            LOG.atWarn().setCause(e).addKeyValue("request_id", trace.id()).log("a look-up failed");
            return AuthorizationResult.Answered.unavailable();
        }
    }

    /**
     * Decides again about a request that was admitted before. A push that began before its repository was archived or locked, or the
     * site made read-only, may end.
     *
     * @return what its client is to be told, and empty if it may go on
     */
    public Optional<ClientMessage> recheck(LiveSession session) throws LookupUnavailable {
        CachedResult<Optional<RegisteredKey>> found = keys.find(session.key().fingerprint());
        if (found.value().isEmpty()) {
            return Optional.of(ClientMessage.denied(UNKNOWN_KEY, "", ""));
        }
        RegisteredKey key = found.value().get();
        GitCommand command = session.command();
        return switch (gate.decide(new CachedResult<>(key, found.freshness()), command)) {
            case Decision.Allowed allowed ->
                isSameTarget(session, allowed) ? Optional.empty() : Optional.of(ClientMessage.MOVED_MEANWHILE);
            case Decision.Denied denied
            when RULES_THAT_SPARE_RUNNING_PUSHES.contains(denied.rule()) -> Optional.empty();
            case Decision.Denied denied ->
                Optional.of(ClientMessage.denied(
                        denied,
                        AuthorizationResult.displayName(key.principal()),
                        command.repository().toString()));
        };
    }

    /** What would be said to the key's owner if the command came now. Nothing is noted of it. */
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
                        .map(route ->
                                new DecisionPreview("allowed", allowed.rule().label(), "", route.server()))
                        .orElseGet(() -> {
                            var told = AuthorizationResult.Answered.unavailable();
                            return new DecisionPreview(
                                    told.decision(), "no_route", told.message().text(), "");
                        });
        };
    }

    /** What would be said to the key's owner now before anything is asked for. */
    public DecisionPreview preview(Fingerprint fingerprint) throws LookupUnavailable {
        Optional<RegisteredKey> found = keys.find(fingerprint).value();
        if (found.isEmpty()) {
            return preview(UNKNOWN_KEY, "", "");
        }
        return gate.keyRefusal(found.get())
                .map(denied -> preview(
                        denied, AuthorizationResult.displayName(found.get().principal()), ""))
                .orElse(new DecisionPreview("allowed", "key_known", "", ""));
    }

    private static DecisionPreview preview(Decision.Denied denied, String who, String asked) {
        return new DecisionPreview(
                "denied",
                denied.rule().label(),
                ClientMessage.denied(denied, who, asked).text(),
                "");
    }

    /** The name may have been taken over by another repository, and a push's host have lost its place to a stand-by. */
    private boolean isSameTarget(LiveSession session, Decision.Allowed allowed) throws LookupUnavailable {
        if (allowed.repository().id() != session.repository().id()) {
            return false;
        }
        return !session.isWrite()
                || routes.routeTo(allowed.repository().name().owner())
                        .map(route -> route.writeHosts().equals(session.route().writeHosts()))
                        .orElse(false);
    }

    private AuthorizationResult authorize(CachedResult<RegisteredKey> key, GitCommand command, RequestContext trace)
            throws LookupUnavailable {
        switch (gate.decide(key, command)) {
            case Decision.Denied denied -> {
                trace.decided();
                return denied(denied, key.value(), command.repository().toString());
            }
            case Decision.Allowed allowed -> {
                trace.decided(allowed);
                Optional<Route> route =
                        routes.routeTo(allowed.repository().name().owner());
                trace.routed(route);
                if (route.isEmpty()) {
                    LOG.atError()
                            .addKeyValue("request_id", trace.id())
                            .addKeyValue("owner", allowed.repository().name().owner())
                            .log("the owner has no route: give it one with gerve route set");
                    return AuthorizationResult.Answered.unavailable();
                }
                return new AuthorizationResult.Authorized(key.value(), command, allowed, route.get());
            }
        }
    }

    private static AuthorizationResult denied(Decision.Denied denied, RegisteredKey key, String asked) {
        return AuthorizationResult.Answered.denied(
                denied, ClientMessage.denied(denied, AuthorizationResult.displayName(key.principal()), asked));
    }
}
