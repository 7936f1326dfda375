package io.gerve.session;

import io.gerve.chimney.FileServerHost;
import io.gerve.chimney.Route;
import io.gerve.git.RepositoryPath;
import io.gerve.lookup.LookupUnavailable;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides on requests that another program carries out: says what {@link GitSession} would say, and whom the client is to be joined to.
 * What becomes of the command it does not learn. Safe for use by many threads.
 */
public final class RequestDecider {
    private static final Logger LOG = LoggerFactory.getLogger(RequestDecider.class);

    private final Admission admission;
    private final Reach reach;
    private final OwnAnswers answers;
    private final Bookkeeping books;

    /** Knows which hosts are there. */
    @FunctionalInterface
    public interface Reach {
        /** Whether the host lets the gate log in; takes some seconds at most. */
        boolean answers(FileServerHost host) throws InterruptedException;
    }

    public RequestDecider(Admission admission, Reach reach, OwnAnswers answers, Bookkeeping books) {
        this.admission = admission;
        this.reach = reach;
        this.answers = answers;
        this.books = books;
    }

    /** Does not throw: whatever goes wrong is a sentence for the client. */
    public Decided decide(Request request) {
        SessionTrace trace = books.begin(request);
        try {
            return switch (admission.admit(request, trace)) {
                case Verdict.Told told -> tell(told, trace);
                case Verdict.Asked asked -> reply(asked, request, trace);
                case Verdict.Admitted admitted -> {
                    books.used(admitted.key());
                    yield join(admitted, request, trace);
                }
            };
        } catch (RuntimeException bug) {
            LOG.atError().setCause(bug).addKeyValue("request", trace.id()).log("a request ended in a bug");
            trace.failed();
            return tell("", ClientMessage.INTERNAL, EndedBy.GATE, trace);
        }
    }

    private Decided reply(Verdict.Asked asked, Request request, SessionTrace trace) {
        try {
            Optional<String> answer = answers.answer(asked.key(), asked.question());
            if (answer.isEmpty()) {
                return tell(Verdict.Told.invalid(request.execLine()), trace);
            }
            books.used(asked.key());
            trace.asked(asked.question());
            books.end(trace, new Traffic(), Ended.exit(0, EndedBy.GATE));
            return new Decided.Answered(answer.get());
        } catch (LookupUnavailable e) {
            LOG.atWarn().setCause(e).addKeyValue("request", trace.id()).log("a question could not be answered");
            return tell(Verdict.Told.unavailable(), trace);
        }
    }

    private Decided join(Verdict.Admitted admitted, Request request, SessionTrace trace) {
        var name = admitted.decision().repository().name();
        String note = admitted.decision().moved()
                ? line(ClientMessage.moved(admitted.decision().asked(), name), trace)
                : "";
        try {
            Optional<FileServerHost> host = hostOf(admitted);
            if (host.isEmpty()) {
                return tell(note, ClientMessage.fileServerGone(name), EndedBy.FILE_SERVER, trace);
            }
            trace.joined(host.get());
            books.endHandedOver(trace);
            return new Decided.Join(
                    note,
                    host.get(),
                    new RepositoryPath(name).command(admitted.command().service()),
                    GitSession.environment(admitted, request, trace.id()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return tell(note, ClientMessage.STOPPING, EndedBy.GATE, trace);
        }
    }

    private Optional<FileServerHost> hostOf(Verdict.Admitted admitted) throws InterruptedException {
        Route route = admitted.route();
        List<FileServerHost> hosts = admitted.command().service().writes() ? route.writeHosts() : route.readHosts();
        for (FileServerHost host : hosts) {
            if (reach.answers(host)) {
                return Optional.of(host);
            }
        }
        return Optional.empty();
    }

    private Decided tell(Verdict.Told told, SessionTrace trace) {
        trace.told(told);
        return tell("", told.message(), EndedBy.GATE, trace);
    }

    private Decided tell(String note, ClientMessage message, EndedBy by, SessionTrace trace) {
        trace.told(message);
        books.end(trace, new Traffic(), Ended.exit(message.exitStatus(), by));
        return new Decided.Told(note + line(message, trace), message.exitStatus());
    }

    private static String line(ClientMessage message, SessionTrace trace) {
        return new String(message.line(trace.id()), StandardCharsets.UTF_8);
    }
}
