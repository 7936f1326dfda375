package io.gerve.session;

import io.gerve.bridge.FileServers;
import io.gerve.keylookup.key.KeyHolder;
import io.gerve.keylookup.key.KnownKey;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.program.RequestId;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one request, from its line to its exit status: who, what, may they, where, join. Safe for use by many threads. */
public final class GitSession implements RequestRunner {
    private static final Logger LOG = LoggerFactory.getLogger(GitSession.class);

    private final Admission admission;
    private final FileServers fileServers;
    private final SessionSlots slots;
    private final LiveSessions live;
    private final OwnAnswers answers;
    private final Bookkeeping books;

    public GitSession(
            Admission admission,
            FileServers fileServers,
            SessionSlots slots,
            LiveSessions live,
            OwnAnswers answers,
            Bookkeeping books) {
        this.admission = admission;
        this.fileServers = fileServers;
        this.slots = slots;
        this.live = live;
        this.answers = answers;
        this.books = books;
    }

    @Override
    public Outcome run(Request request, Client client) {
        SessionTrace trace = books.begin(request);
        var traffic = new Traffic();
        Ended ended;
        try {
            ended = answer(request, client, trace, traffic);
        } catch (RuntimeException bug) {
            LOG.atError().setCause(bug).addKeyValue("request", trace.id()).log("a request ended in a bug");
            trace.failed();
            ended = new Teller(client, trace).tell(ClientMessage.INTERNAL, EndedBy.GATE);
        }
        books.end(trace, traffic, ended);
        return ended.outcome();
    }

    private Ended answer(Request request, Client client, SessionTrace trace, Traffic traffic) {
        long changesHeard = live.changesHeard();
        return switch (admission.admit(request, trace)) {
            case Verdict.Told told -> tell(told, client, trace);
            case Verdict.Asked asked ->
                takeSlot(asked.key(), client, trace, () -> reply(asked, request, client, trace));
            case Verdict.Admitted admitted -> {
                books.used(admitted.key());
                if (admitted.command().service().writes()) {
                    traffic.watchPush();
                }
                var join = new Join(fileServers, admitted, client, trace, traffic);
                var session = new LiveSession(
                        admitted.key(),
                        admitted.command(),
                        admitted.decision().repository(),
                        admitted.route(),
                        join::end);
                Map<String, String> environment = environment(admitted, request, trace.id());
                yield takeSlot(session.key(), client, trace, () -> {
                    live.add(session, changesHeard);
                    try {
                        return join.run(environment);
                    } finally {
                        live.remove(session);
                    }
                });
            }
        };
    }

    private Ended reply(Verdict.Asked asked, Request request, Client client, SessionTrace trace) {
        try {
            Optional<String> answer = answers.answer(asked.key(), asked.question());
            if (answer.isEmpty()) {
                return tell(Verdict.Told.invalid(request.execLine()), client, trace);
            }
            books.used(asked.key());
            trace.asked(asked.question());
            return new Teller(client, trace).answer(answer.get());
        } catch (LookupUnavailable e) {
            LOG.atWarn().setCause(e).addKeyValue("request", trace.id()).log("a question could not be answered");
            return tell(Verdict.Told.unavailable(), client, trace);
        }
    }

    private Ended takeSlot(KnownKey key, Client client, SessionTrace trace, Supplier<Ended> run) {
        return switch (slots.tryTake(holder(key))) {
            case SessionSlots.Attempt.Taken(SessionSlots.Slot slot) -> {
                try (slot) {
                    yield run.get();
                }
            }
            case SessionSlots.Attempt.NoneFree() ->
                tell(Verdict.Told.limited(ClientMessage.OVERLOADED, "sessions-max"), client, trace);
            case SessionSlots.Attempt.HolderHasAll(int max) -> {
                ClientMessage message = ClientMessage.tooMany(Verdict.nameOf(key.holder()), max);
                yield tell(Verdict.Told.limited(message, "sessions-per-account-max"), client, trace);
            }
        };
    }

    private static Ended tell(Verdict.Told told, Client client, SessionTrace trace) {
        trace.told(told);
        return new Teller(client, trace).tell(told.message(), EndedBy.GATE);
    }

    private static String holder(KnownKey key) {
        return switch (key.holder()) {
            case KeyHolder.OfAccount(var account) -> account.login().lowerCase();
            case KeyHolder.Deploy _ -> key.fingerprint().text();
        };
    }

    /** What hooks on the file server are told. Each value is of a closed form: nothing that a user chose can change another's meaning. */
    static Map<String, String> environment(Verdict.Admitted admitted, Request request, RequestId id) {
        Map<String, String> environment = new TreeMap<>();
        if (!request.protocol().text().isEmpty()) {
            environment.put("GIT_PROTOCOL", request.protocol().text());
        }
        if (admitted.key().holder() instanceof KeyHolder.OfAccount(var account)) {
            environment.put("GERVE_ACCOUNT", account.login().text());
        }
        environment.put("GERVE_ADDRESS", request.address().getHostAddress());
        environment.put("GERVE_KEY", admitted.key().fingerprint().text());
        environment.put("GERVE_KEY_ID", Long.toString(admitted.key().id()));
        environment.put(
                "GERVE_REPOSITORY", admitted.decision().repository().name().toString());
        environment.put("GERVE_REQUEST", id.text());
        return environment;
    }
}
