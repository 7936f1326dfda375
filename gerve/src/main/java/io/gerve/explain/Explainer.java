package io.gerve.explain;

import io.gerve.access.AccessGate;
import io.gerve.access.Grants;
import io.gerve.access.Rule;
import io.gerve.git.GitCommand;
import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.KeyDirectory;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.lookup.CachedResult;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.request.AuthorizationResult;
import io.gerve.request.RequestAuthorizer;
import io.gerve.routing.RouteResolver;
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
    public Explanation explain(Fingerprint key, GitCommand command) throws LookupUnavailable {
        return explain(keys, key, command);
    }

    /** Explains the command for a valid key of the account. */
    public Explanation explain(Account account, GitCommand command) throws LookupUnavailable {
        var key = RegisteredKey.activeKeyOf(account);
        return explain(_ -> CachedResult.fresh(Optional.of(key)), key.fingerprint(), command);
    }

    private Explanation explain(KeyDirectory directory, Fingerprint key, GitCommand command) throws LookupUnavailable {
        var watch = new Stopwatch(nanos);
        List<Explanation.Tried> tried = new ArrayList<>();
        var gate = new AccessGate(
                (principal, name) -> watch.time("repository and rights", () -> grants.find(principal, name)),
                clock,
                (rule, applies, fact) ->
                        tried.add(new Explanation.Tried(rule, applies, FactDescription.text(fact, rule))));
        RouteResolver timedRoutes = owner -> watch.time("route", () -> routes.routeTo(owner));
        var authorizer = new RequestAuthorizer(
                fingerprint -> watch.time("key", () -> directory.find(fingerprint)),
                gate,
                timedRoutes,
                timedRoutes,
                Optional.empty());
        AuthorizationResult result = watch.timeAll("the rest of the decision", () -> authorizer.preview(key, command));
        if (result.rule() == Rule.KEY_UNKNOWN) {
            tried.add(new Explanation.Tried(Rule.KEY_UNKNOWN, true, "the key is not registered"));
        }
        return new Explanation(tried, result, watch.steps());
    }
}
