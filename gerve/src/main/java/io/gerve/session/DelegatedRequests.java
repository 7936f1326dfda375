package io.gerve.session;

import io.gerve.git.RepositoryPath;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.request.AuthorizationResult;
import io.gerve.request.ClientMessage;
import io.gerve.request.ClientRequest;
import io.gerve.request.EndedBy;
import io.gerve.request.RequestAuthorizer;
import io.gerve.request.RequestContext;
import io.gerve.request.RequestEnd;
import io.gerve.request.RequestRecorder;
import io.gerve.request.SelfServiceAnswers;
import io.gerve.request.TransferMonitor;
import io.gerve.routing.FileServerHost;
import io.gerve.routing.Route;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides on requests that another program carries out: says what {@link GitSession} would say, and whom the client is to be joined to.
 * What becomes of the command it does not learn. Safe for use by many threads.
 */
public final class DelegatedRequests {
    private static final Logger LOG = LoggerFactory.getLogger(DelegatedRequests.class);

    private final RequestAuthorizer authorizer;
    private final HostProbe probe;
    private final SelfServiceAnswers answers;
    private final RequestRecorder recorder;

    /** Knows which hosts are there. */
    @FunctionalInterface
    public interface HostProbe {
        /** Whether the host lets the gate log in; takes some seconds at most. */
        boolean isAnswering(FileServerHost host) throws InterruptedException;
    }

    public DelegatedRequests(
            RequestAuthorizer admission, HostProbe reach, SelfServiceAnswers answers, RequestRecorder books) {
        this.authorizer = admission;
        this.probe = reach;
        this.answers = answers;
        this.recorder = books;
    }

    /** Does not throw: whatever goes wrong is a sentence for the client. */
    public DelegatedResult authorize(ClientRequest request) {
        RequestContext trace = recorder.begin(request);
        try {
            return switch (authorizer.authorize(request, trace)) {
                case AuthorizationResult.Answered told -> message(told, trace);
                case AuthorizationResult.SelfService asked -> answerSelfService(asked, request, trace);
                case AuthorizationResult.Authorized admitted -> {
                    recorder.keyUsed(admitted.key());
                    yield connect(admitted, request, trace);
                }
            };
        } catch (RuntimeException bug) {
            LOG.atError().setCause(bug).addKeyValue("request_id", trace.id()).log("a request ended in a bug");
            trace.failed();
            return message("", ClientMessage.INTERNAL, EndedBy.GATE, trace);
        }
    }

    private DelegatedResult answerSelfService(
            AuthorizationResult.SelfService asked, ClientRequest request, RequestContext trace) {
        try {
            Optional<String> answer = answers.answer(asked.key(), asked.command());
            if (answer.isEmpty()) {
                return message(AuthorizationResult.Answered.invalid(request.execLine()), trace);
            }
            recorder.keyUsed(asked.key());
            trace.selfService(asked.command());
            recorder.end(trace, new TransferMonitor(), RequestEnd.exit(0, EndedBy.GATE));
            return new DelegatedResult.Output(answer.get());
        } catch (LookupUnavailable e) {
            LOG.atWarn().setCause(e).addKeyValue("request_id", trace.id()).log("a question could not be answered");
            return message(AuthorizationResult.Answered.unavailable(), trace);
        }
    }

    private DelegatedResult connect(
            AuthorizationResult.Authorized admitted, ClientRequest request, RequestContext trace) {
        var name = admitted.decision().repository().name();
        String note = admitted.decision().isRedirected()
                ? line(ClientMessage.moved(admitted.decision().requestedName(), name), trace)
                : "";
        try {
            Optional<FileServerHost> host = hostOf(admitted);
            if (host.isEmpty()) {
                return message(note, ClientMessage.fileServerGone(name), EndedBy.FILE_SERVER, trace);
            }
            trace.connected(host.get());
            recorder.endDelegated(trace);
            return new DelegatedResult.Connect(
                    note,
                    host.get(),
                    new RepositoryPath(name).command(admitted.command().service()),
                    GitSession.environment(admitted, request, trace.id()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return message(note, ClientMessage.STOPPING, EndedBy.GATE, trace);
        }
    }

    private Optional<FileServerHost> hostOf(AuthorizationResult.Authorized admitted) throws InterruptedException {
        Route route = admitted.route();
        List<FileServerHost> hosts = admitted.command().service().writes() ? route.writeHosts() : route.readHosts();
        for (FileServerHost host : hosts) {
            if (probe.isAnswering(host)) {
                return Optional.of(host);
            }
        }
        return Optional.empty();
    }

    private DelegatedResult message(AuthorizationResult.Answered told, RequestContext trace) {
        trace.answered(told);
        return message("", told.message(), EndedBy.GATE, trace);
    }

    private DelegatedResult message(String note, ClientMessage message, EndedBy by, RequestContext trace) {
        trace.answered(message);
        recorder.end(trace, new TransferMonitor(), RequestEnd.exit(message.exitStatus(), by));
        return new DelegatedResult.Message(note + line(message, trace), message.exitStatus());
    }

    private static String line(ClientMessage message, RequestContext trace) {
        return new String(message.line(trace.id()), StandardCharsets.UTF_8);
    }
}
