package io.gerve.request;

import io.gerve.access.AccessGate;
import io.gerve.access.Decision;
import io.gerve.access.Repository;
import io.gerve.access.Rule;
import io.gerve.git.GitCommand;
import io.gerve.git.LfsCommand;
import io.gerve.keylookup.directory.KeyDirectory;
import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.lfs.LfsServer;
import io.gerve.lookup.CachedResult;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.routing.Route;
import io.gerve.routing.RouteResolver;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Authorization of a request before any git data flows: identifies the principal, parses the command, decides access,
 * and finds the route. Safe for use by many threads.
 */
public final class RequestAuthorizer {
    private static final Logger LOG = LoggerFactory.getLogger(RequestAuthorizer.class);

    private static final Decision.Denied UNKNOWN_KEY = new Decision.Denied(Rule.KEY_UNKNOWN, "");
    private final KeyDirectory keys;
    private final AccessGate gate;
    private final RouteResolver readRoutes;
    private final RouteResolver writeRoutes;
    private final Optional<LfsServer> lfs;

    /**
     * @param readRoutes resolver for commands that read; may return an earlier route
     * @param writeRoutes resolver for commands that write; must return the present route, as the database has it. A write
     *     to an earlier file server or host would be accepted, and lost.
     * @param lfs empty if the site has no LFS server
     */
    public RequestAuthorizer(
            KeyDirectory keys,
            AccessGate gate,
            RouteResolver readRoutes,
            RouteResolver writeRoutes,
            Optional<LfsServer> lfs) {
        this.lfs = lfs;
        this.keys = keys;
        this.gate = gate;
        this.readRoutes = readRoutes;
        this.writeRoutes = writeRoutes;
    }

    /**
     * Authorizes a request. The key is looked up again for each request: it may have been revoked, or its account
     * suspended, since the connection was made.
     */
    public AuthorizationResult authorize(ClientRequest request, RequestContext context) {
        try {
            CachedResult<Optional<RegisteredKey>> found = keys.find(request.fingerprint());
            if (found.value().isEmpty()) {
                return unknownKey();
            }
            RegisteredKey key = found.value().get();
            context.principal(key);
            Optional<Decision.Denied> refusal = gate.keyRefusal(key);
            if (refusal.isPresent()) {
                return denied(refusal.get(), key, "");
            }
            Optional<GitCommand> command = GitCommand.parse(request.execLine());
            var registered = new CachedResult<>(key, found.freshness());
            if (command.isPresent()) {
                context.command(command.get());
                return authorize(registered, command.get(), context);
            }
            Optional<LfsCommand> lfsCommand = lfsCommand(request.execLine());
            if (lfsCommand.isPresent()) {
                context.command(lfsCommand.get());
                return authorize(registered, lfsCommand.get(), context);
            }
            return answer(key, request.execLine());
        } catch (LookupUnavailable e) {
            LOG.atWarn().setCause(e).addKeyValue("request_id", context.id()).log("Look-up failed, request refused");
            return AuthorizationResult.Answered.unavailable();
        }
    }

    private Optional<LfsCommand> lfsCommand(String execLine) {
        return lfs.isPresent() ? LfsCommand.parse(execLine) : Optional.empty();
    }

    /** Returns the result of a line that names no repository. */
    private AuthorizationResult answer(RegisteredKey key, String execLine) {
        if (execLine.isEmpty()) {
            return AuthorizationResult.Answered.greeted(key.principal());
        }
        if (GitCommand.isForService(execLine) || (lfs.isPresent() && LfsCommand.isForProgram(execLine))) {
            return AuthorizationResult.Answered.invalidRepository();
        }
        return SelfServiceCommand.parse(execLine)
                .<AuthorizationResult>map(question -> new AuthorizationResult.SelfService(key, question))
                .orElseGet(() -> AuthorizationResult.Answered.invalid(execLine));
    }

    /**
     * Decides again about a running command ({@link AccessGate#decideAgain}). It must still run on the same repository,
     * as another one may have taken the name, and a write on the same host.
     *
     * @return message to the client, or empty if the command may continue
     * @throws LookupUnavailable if a look-up failed or had only a stale result, so that nothing may be concluded
     */
    public Optional<ClientMessage> recheck(LiveSession session) throws LookupUnavailable {
        Optional<ClientMessage> expiry = expiry(session);
        if (expiry.isPresent()) {
            return expiry;
        }
        CachedResult<Optional<RegisteredKey>> found = keys.find(session.key().fingerprint());
        if (found.value().isEmpty()) {
            return Optional.of(unknownKey().answer());
        }
        RegisteredKey key = found.value().get();
        GitCommand command = session.command();
        return switch (gate.decideAgain(new CachedResult<>(key, found.freshness()), command)) {
            case Decision.Allowed allowed ->
                isSameTarget(session, allowed.repository())
                        ? Optional.empty()
                        : Optional.of(ClientMessage.MOVED_MEANWHILE);
            case Decision.Denied denied -> Optional.of(refusal(denied, key, command));
        };
    }

    /**
     * Returns the message to the client if the key of a running command has expired, or empty. It needs no look-up, so
     * that the command ends while the database is away too.
     */
    public Optional<ClientMessage> expiry(LiveSession session) {
        return gate.keyRefusal(session.key()).map(denied -> refusal(denied, session.key(), session.command()));
    }

    private static ClientMessage refusal(Decision.Denied denied, RegisteredKey key, GitCommand command) {
        return ClientMessage.denied(
                denied, key.principal().displayName(), command.repository().toString());
    }

    /** Returns the result that the command would have now. Records nothing. */
    public AuthorizationResult preview(Fingerprint fingerprint, GitCommand command) throws LookupUnavailable {
        CachedResult<Optional<RegisteredKey>> found = keys.find(fingerprint);
        if (found.value().isEmpty()) {
            return unknownKey();
        }
        RegisteredKey key = found.value().get();
        return result(key, command, gate.decide(new CachedResult<>(key, found.freshness()), command));
    }

    /**
     * Returns the result that a request without a git command would have now. Records nothing.
     *
     * @param execLine the line, or the start of it as a record has it; empty for a request without a command
     */
    public AuthorizationResult preview(Fingerprint fingerprint, String execLine) throws LookupUnavailable {
        CachedResult<Optional<RegisteredKey>> found = keys.find(fingerprint);
        if (found.value().isEmpty()) {
            return unknownKey();
        }
        RegisteredKey key = found.value().get();
        Optional<LfsCommand> command = lfsCommand(execLine);
        if (command.isPresent()) {
            var registered = new CachedResult<>(key, found.freshness());
            return result(
                    key, command.get(), gate.decide(registered, command.get().equivalent()));
        }
        return gate.keyRefusal(key)
                .<AuthorizationResult>map(denied -> denied(denied, key, ""))
                .orElseGet(() -> answer(key, execLine));
    }

    /** A standby may have become the active host since a write began. Any host may go on with a read. */
    private boolean isSameTarget(LiveSession session, Repository repository) throws LookupUnavailable {
        return repository.id() == session.repository().id() && (!session.isWrite() || isSameHost(session, repository));
    }

    private boolean isSameHost(LiveSession session, Repository repository) throws LookupUnavailable {
        return writeRoutes
                .routeTo(repository.name().owner())
                .filter(route -> route.writeHosts().equals(session.route().writeHosts()))
                .isPresent();
    }

    private AuthorizationResult authorize(CachedResult<RegisteredKey> key, GitCommand command, RequestContext context)
            throws LookupUnavailable {
        Decision decision = gate.decide(key, command);
        context.decided(decision);
        AuthorizationResult result = result(key.value(), command, decision);
        if (decision instanceof Decision.Allowed) {
            context.routed();
        }
        return result;
    }

    private AuthorizationResult authorize(CachedResult<RegisteredKey> key, LfsCommand command, RequestContext context)
            throws LookupUnavailable {
        Decision decision = gate.decide(key, command.equivalent());
        context.decided(decision);
        return result(key.value(), command, decision);
    }

    private AuthorizationResult result(RegisteredKey key, LfsCommand command, Decision decision) {
        return switch (decision) {
            case Decision.Denied denied ->
                denied(denied, key, command.repository().toString());
            case Decision.Allowed allowed ->
                lfs.<AuthorizationResult>map(server -> new AuthorizationResult.LfsAllowed(
                                key,
                                allowed,
                                () -> server.answer(
                                        key.principal().displayName(),
                                        allowed.repository().name(),
                                        command.operation())))
                        .orElseGet(AuthorizationResult.Answered::failed);
        };
    }

    private AuthorizationResult result(RegisteredKey key, GitCommand command, Decision decision)
            throws LookupUnavailable {
        return switch (decision) {
            case Decision.Denied denied ->
                denied(denied, key, command.repository().toString());
            case Decision.Allowed allowed -> {
                Login owner = allowed.repository().name().owner();
                RouteResolver routes = command.service().writes() ? writeRoutes : readRoutes;
                Optional<Route> route = routes.routeTo(owner);
                if (route.isEmpty()) {
                    LOG.atError().addKeyValue("owner", owner).log("Owner has no route. Run: gerve route set");
                    yield AuthorizationResult.Answered.noRoute();
                }
                yield new AuthorizationResult.Authorized(key, command, allowed, route.get());
            }
        };
    }

    private static AuthorizationResult.Answered unknownKey() {
        return AuthorizationResult.Answered.denied(UNKNOWN_KEY, "", "");
    }

    private static AuthorizationResult.Answered denied(
            Decision.Denied denied, RegisteredKey key, String repositoryName) {
        return AuthorizationResult.Answered.denied(denied, key.principal().displayName(), repositoryName);
    }
}
