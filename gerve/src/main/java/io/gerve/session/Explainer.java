package io.gerve.session;

import io.gerve.access.AccessGate;
import io.gerve.access.Grants;
import io.gerve.access.Rule;
import io.gerve.chimney.Chimney;
import io.gerve.chimney.Route;
import io.gerve.git.GitCommand;
import io.gerve.git.GitProtocol;
import io.gerve.git.RepositoryPath;
import io.gerve.keylookup.key.Account;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.KeyDirectory;
import io.gerve.keylookup.key.KnownKey;
import io.gerve.lookup.Answer;
import io.gerve.program.RequestIds;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Takes the decision that a door would take, with the same {@link Admission}, and tells how it came about. Nothing is joined, logged or
 * noted as used.
 */
public final class Explainer {
    private final KeyDirectory keys;
    private final Grants grants;
    private final Chimney chimney;
    private final InstantSource clock;
    private final LongSupplier nanos;

    /** @param clock tells whether keys have expired
     *  @param nanos as {@link System#nanoTime} */
    public Explainer(KeyDirectory keys, Grants grants, Chimney chimney, InstantSource clock, LongSupplier nanos) {
        this.keys = keys;
        this.grants = grants;
        this.chimney = chimney;
        this.clock = clock;
        this.nanos = nanos;
    }

    public Explanation explain(Fingerprint key, GitCommand command) {
        return explain(keys, key, command);
    }

    /** As if the account had a key against which there is nothing to say. */
    public Explanation explain(Account account, GitCommand command) {
        var key = KnownKey.soundOneOf(account);
        return explain(_ -> Answer.current(Optional.of(key)), key.fingerprint(), command);
    }

    private Explanation explain(KeyDirectory directory, Fingerprint key, GitCommand command) {
        var watch = new Stopwatch(nanos);
        List<Explanation.Tried> tried = new ArrayList<>();
        var gate = new AccessGate(
                (asker, name) -> watch.time("repository and rights", () -> grants.find(asker, name)),
                clock,
                (rule, applies, fact) -> note(tried, new Explanation.Tried(rule, applies, Facts.text(fact, rule))));
        var admission = new Admission(
                fingerprint -> watch.time("key", () -> directory.find(fingerprint)),
                gate,
                owner -> watch.time("route", () -> chimney.routeTo(owner)));
        var request = new Request(
                "explain",
                InetAddress.getLoopbackAddress(),
                key,
                Duration.ZERO,
                command.service().program() + " '" + command.repository() + "'",
                GitProtocol.UNSTATED);
        var trace = new SessionTrace(new RequestIds(clock, new SecureRandom()).next(), request, nanos);
        Verdict verdict = watch.timeAll("the rest of the decision", () -> admission.admit(request, trace));
        return explanation(verdict, tried, watch.steps());
    }

    /** The gate looks at the key once when the client asks, and again with what it asks for. */
    private static void note(List<Explanation.Tried> tried, Explanation.Tried one) {
        if (tried.stream().noneMatch(earlier -> earlier.rule() == one.rule())) {
            tried.add(one);
        }
    }

    private static Explanation explanation(
            Verdict verdict, List<Explanation.Tried> tried, List<Explanation.Step> steps) {
        return switch (verdict) {
            case Verdict.Told told -> {
                if (told.rule().equals(Rule.KEY_UNKNOWN.word())) {
                    tried.add(new Explanation.Tried(Rule.KEY_UNKNOWN, true, "nobody registered the key"));
                }
                yield new Explanation(
                        tried,
                        told.kind(),
                        told.rule(),
                        told.message().text(),
                        told.message().exitStatus(),
                        Optional.empty(),
                        "",
                        steps);
            }
            case Verdict.Asked _ -> throw new IllegalStateException("a git command is no question about its asker");
            case Verdict.Admitted(var _, var _, var decision, Route route) ->
                new Explanation(
                        tried,
                        "allowed",
                        decision.rule().word(),
                        decision.moved()
                                ? ClientMessage.moved(
                                                decision.asked(),
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
