package io.gerve.explain;

import io.gerve.access.AccessGate;
import io.gerve.access.Grants;
import io.gerve.access.Rule;
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
 * Takes the decision that a door would take, with the same {@link RequestAuthorizer}, and tells how it came about. Nothing is joined, logged or
 * noted as used.
 */
public final class Explainer {
    private final KeyDirectory keys;
    private final Grants grants;
    private final RouteResolver routes;
    private final InstantSource clock;
    private final LongSupplier nanos;

    /** @param clock tells whether keys have expired
     *  @param nanos as {@link System#nanoTime} */
    public Explainer(KeyDirectory keys, Grants grants, RouteResolver chimney, InstantSource clock, LongSupplier nanos) {
        this.keys = keys;
        this.grants = grants;
        this.routes = chimney;
        this.clock = clock;
        this.nanos = nanos;
    }

    public Explanation explain(Fingerprint key, GitCommand command) {
        return explain(keys, key, command);
    }

    /** As if the account had a key against which there is nothing to say. */
    public Explanation explain(Account account, GitCommand command) {
        var key = RegisteredKey.activeKeyOf(account);
        return explain(_ -> CachedResult.fresh(Optional.of(key)), key.fingerprint(), command);
    }

    private Explanation explain(KeyDirectory directory, Fingerprint key, GitCommand command) {
        var watch = new Stopwatch(nanos);
        List<Explanation.Tried> tried = new ArrayList<>();
        var gate = new AccessGate(
                (asker, name) -> watch.time("repository and rights", () -> grants.find(asker, name)),
                clock,
                (rule, applies, fact) ->
                        add(tried, new Explanation.Tried(rule, applies, FactDescription.text(fact, rule))));
        var admission = new RequestAuthorizer(
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
        var trace = new RequestContext(new RequestIdGenerator(clock, new SecureRandom()).next(), request, nanos);
        AuthorizationResult verdict =
                watch.timeAll("the rest of the decision", () -> admission.authorize(request, trace));
        return explanation(verdict, tried, watch.steps());
    }

    /** The gate looks at the key once when the client asks, and again with what it asks for. */
    private static void add(List<Explanation.Tried> tried, Explanation.Tried one) {
        if (tried.stream().noneMatch(earlier -> earlier.rule() == one.rule())) {
            tried.add(one);
        }
    }

    private static Explanation explanation(
            AuthorizationResult verdict, List<Explanation.Tried> tried, List<Explanation.Step> steps) {
        return switch (verdict) {
            case AuthorizationResult.Answered told -> {
                if (told.rule().equals(Rule.KEY_UNKNOWN.label())) {
                    tried.add(new Explanation.Tried(Rule.KEY_UNKNOWN, true, "nobody registered the key"));
                }
                yield new Explanation(
                        tried,
                        told.decision(),
                        told.rule(),
                        told.message().text(),
                        told.message().exitStatus(),
                        Optional.empty(),
                        "",
                        steps);
            }
            case AuthorizationResult.SelfService _ ->
                throw new IllegalStateException("a git command is no question about its asker");
            case AuthorizationResult.Authorized(var _, var _, var decision, Route route) ->
                new Explanation(
                        tried,
                        "allowed",
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
