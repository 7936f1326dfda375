package io.gerve.session;

import io.gerve.chimney.FileServerHost;
import io.gerve.chimney.Route;
import io.gerve.git.RepositoryPath;
import io.gerve.program.RequestIds;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
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
    private final GitSession.KeyUse keyUse;
    private final RequestIds ids;
    private final LongSupplier nanos;
    private final SessionLog log = new SessionLog();

    /** Knows which hosts are there. */
    @FunctionalInterface
    public interface Reach {
        /** Whether the host lets the gate log in; takes some seconds at most. */
        boolean answers(FileServerHost host) throws InterruptedException;
    }

    /** @param nanos a clock that only goes forward, as {@link System#nanoTime} */
    public RequestDecider(
            Admission admission, Reach reach, GitSession.KeyUse keyUse, RequestIds ids, LongSupplier nanos) {
        this.admission = admission;
        this.reach = reach;
        this.keyUse = keyUse;
        this.ids = ids;
        this.nanos = nanos;
    }

    /** Does not throw: whatever goes wrong is a sentence for the client. */
    public Decided decide(Request request) {
        var trace = new SessionTrace(ids.next(), request, nanos);
        try {
            return switch (admission.admit(request, trace)) {
                case Verdict.Told told -> {
                    trace.told(told);
                    yield tell("", told.message(), EndedBy.GATE, trace);
                }
                case Verdict.Admitted admitted -> {
                    keyUse.note(admitted.key());
                    yield join(admitted, request, trace);
                }
            };
        } catch (RuntimeException bug) {
            LOG.atError().setCause(bug).addKeyValue("request", trace.id()).log("a request ended in a bug");
            return tell("", ClientMessage.INTERNAL, EndedBy.GATE, trace);
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
            trace.logHandedOver(log);
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

    private Decided tell(String note, ClientMessage message, EndedBy by, SessionTrace trace) {
        trace.log(log, new Traffic(), Ended.exit(message.exitStatus(), by));
        return new Decided.Told(note + line(message, trace), message.exitStatus());
    }

    private static String line(ClientMessage message, SessionTrace trace) {
        return new String(message.line(trace.id()), StandardCharsets.UTF_8);
    }
}
