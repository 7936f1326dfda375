package io.gerve.session;

import io.gerve.access.AccessGate;
import io.gerve.access.Decision;
import io.gerve.access.Rule;
import io.gerve.chimney.Chimney;
import io.gerve.chimney.Route;
import io.gerve.git.GitCommand;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.KeyDirectory;
import io.gerve.keylookup.key.KnownKey;
import io.gerve.lookup.Answer;
import io.gerve.lookup.LookupUnavailable;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who is it, what is asked, may they, where is it: everything before a byte of git flows. Safe for use by many threads. */
public final class Admission {
    private static final Logger LOG = LoggerFactory.getLogger(Admission.class);

    private static final Decision.Denied UNKNOWN_KEY = new Decision.Denied(Rule.KEY_UNKNOWN, "");
    private static final Set<Rule> LETS_RUNNING_PUSHES_END =
            EnumSet.of(Rule.REPOSITORY_ARCHIVED, Rule.REPOSITORY_LOCKED, Rule.SITE_READ_ONLY);

    private final KeyDirectory keys;
    private final AccessGate gate;
    private final Chimney chimney;

    public Admission(KeyDirectory keys, AccessGate gate, Chimney chimney) {
        this.keys = keys;
        this.gate = gate;
        this.chimney = chimney;
    }

    /** The key is looked up again for each request: since the connection was made it may have been revoked, or its account suspended. */
    Verdict admit(Request request, SessionTrace trace) {
        try {
            Answer<Optional<KnownKey>> found = keys.find(request.fingerprint());
            if (found.value().isEmpty()) {
                return Verdict.Told.denied(UNKNOWN_KEY, ClientMessage.denied(UNKNOWN_KEY, "", ""));
            }
            KnownKey key = found.value().get();
            trace.holder(key);
            Optional<Decision.Denied> barred = gate.barred(key);
            if (barred.isPresent()) {
                return denied(barred.get(), key, "");
            }
            if (request.execLine().isEmpty()) {
                return Verdict.Told.greeted(ClientMessage.greeting(Verdict.nameOf(key.holder())));
            }
            Optional<GitCommand> command = GitCommand.parse(request.execLine());
            if (command.isEmpty()) {
                return OwnQuestion.parse(request.execLine())
                        .<Verdict>map(question -> new Verdict.Asked(key, question))
                        .orElseGet(() -> Verdict.Told.invalid(request.execLine()));
            }
            trace.command(command.get());
            return admit(new Answer<>(key, found.freshness()), command.get(), trace);
        } catch (LookupUnavailable e) {
            LOG.atWarn().setCause(e).addKeyValue("request", trace.id()).log("a look-up failed");
            return Verdict.Told.unavailable();
        }
    }

    /**
     * Decides again about a request that was admitted before. A push that began before its repository was archived or locked, or the
     * site made read-only, may end.
     *
     * @return what its client is to be told, and empty if it may go on
     */
    Optional<ClientMessage> recheck(LiveSession session) throws LookupUnavailable {
        Answer<Optional<KnownKey>> found = keys.find(session.key().fingerprint());
        if (found.value().isEmpty()) {
            return Optional.of(ClientMessage.denied(UNKNOWN_KEY, "", ""));
        }
        KnownKey key = found.value().get();
        GitCommand command = session.command();
        return switch (gate.decide(new Answer<>(key, found.freshness()), command)) {
            case Decision.Allowed allowed ->
                isStillThere(session, allowed) ? Optional.empty() : Optional.of(ClientMessage.MOVED_MEANWHILE);
            case Decision.Denied denied when LETS_RUNNING_PUSHES_END.contains(denied.rule()) -> Optional.empty();
            case Decision.Denied denied ->
                Optional.of(ClientMessage.denied(
                        denied,
                        Verdict.nameOf(key.holder()),
                        command.repository().toString()));
        };
    }

    /** What would be said to the key's owner if the command came now. Nothing is noted of it. */
    public Preview preview(Fingerprint fingerprint, GitCommand command) throws LookupUnavailable {
        Answer<Optional<KnownKey>> found = keys.find(fingerprint);
        if (found.value().isEmpty()) {
            return preview(UNKNOWN_KEY, "", "");
        }
        KnownKey key = found.value().get();
        return switch (gate.decide(new Answer<>(key, found.freshness()), command)) {
            case Decision.Denied denied ->
                preview(
                        denied,
                        Verdict.nameOf(key.holder()),
                        command.repository().toString());
            case Decision.Allowed allowed ->
                chimney.routeTo(allowed.repository().name().owner())
                        .map(route -> new Preview("allowed", allowed.rule().word(), "", route.server()))
                        .orElseGet(() -> {
                            var told = Verdict.Told.unavailable();
                            return new Preview(
                                    told.kind(), "no-route", told.message().text(), "");
                        });
        };
    }

    /** What would be said to the key's owner now before anything is asked for. */
    public Preview preview(Fingerprint fingerprint) throws LookupUnavailable {
        Optional<KnownKey> found = keys.find(fingerprint).value();
        if (found.isEmpty()) {
            return preview(UNKNOWN_KEY, "", "");
        }
        return gate.barred(found.get())
                .map(denied -> preview(denied, Verdict.nameOf(found.get().holder()), ""))
                .orElse(new Preview("allowed", "key-known", "", ""));
    }

    private static Preview preview(Decision.Denied denied, String who, String asked) {
        return new Preview(
                "denied",
                denied.rule().word(),
                ClientMessage.denied(denied, who, asked).text(),
                "");
    }

    /** The name may have been taken over by another repository, and a push's host have lost its place to a stand-by. */
    private boolean isStillThere(LiveSession session, Decision.Allowed allowed) throws LookupUnavailable {
        if (allowed.repository().id() != session.repository().id()) {
            return false;
        }
        return !session.isWrite()
                || chimney.routeTo(allowed.repository().name().owner())
                        .map(route -> route.writeHosts().equals(session.route().writeHosts()))
                        .orElse(false);
    }

    private Verdict admit(Answer<KnownKey> key, GitCommand command, SessionTrace trace) throws LookupUnavailable {
        switch (gate.decide(key, command)) {
            case Decision.Denied denied -> {
                trace.decided();
                return denied(denied, key.value(), command.repository().toString());
            }
            case Decision.Allowed allowed -> {
                trace.decided(allowed);
                Optional<Route> route =
                        chimney.routeTo(allowed.repository().name().owner());
                trace.routed(route);
                if (route.isEmpty()) {
                    LOG.atError()
                            .addKeyValue("request", trace.id())
                            .addKeyValue("owner", allowed.repository().name().owner())
                            .log("the owner has no route: give it one with gerve route set");
                    return Verdict.Told.unavailable();
                }
                return new Verdict.Admitted(key.value(), command, allowed, route.get());
            }
        }
    }

    private static Verdict denied(Decision.Denied denied, KnownKey key, String asked) {
        return Verdict.Told.denied(denied, ClientMessage.denied(denied, Verdict.nameOf(key.holder()), asked));
    }
}
