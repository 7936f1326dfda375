package io.gerve.session;

import io.gerve.fileserver.FileServers;
import io.gerve.folder.DefaultBranchSetter;
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
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decisions on requests that another program runs: returns what {@link GitSession} would answer, or the file server to
 * connect the client to. The record of a request does not have the end of its command. Safe for use by many threads.
 */
public final class DelegatedRequests {
    private static final Logger LOG = LoggerFactory.getLogger(DelegatedRequests.class);

    private final RequestAuthorizer authorizer;
    private final HostProbe probe;
    private final DefaultBranchSetter defaultBranches;
    private final SessionSlots slots;
    private final LiveSessions liveSessions;
    private final SelfServiceAnswers answers;
    private final RequestRecorder recorder;

    /** Probe for the availability of hosts. */
    @FunctionalInterface
    public interface HostProbe {
        /** Returns whether the host accepts a login of the gate. Takes some seconds at most. */
        boolean isAnswering(FileServerHost host) throws InterruptedException;
    }

    public DelegatedRequests(
            RequestAuthorizer authorizer,
            HostProbe probe,
            FileServers fileServers,
            SessionSlots slots,
            LiveSessions liveSessions,
            SelfServiceAnswers answers,
            RequestRecorder recorder) {
        this.authorizer = authorizer;
        this.probe = probe;
        this.defaultBranches = new DefaultBranchSetter(fileServers);
        this.slots = slots;
        this.liveSessions = liveSessions;
        this.answers = answers;
        this.recorder = recorder;
    }

    /** Authorizes a request. Does not throw: a failure is returned as a message for the client. */
    public DelegatedResult authorize(ClientRequest request) {
        RequestContext context = recorder.begin(request);
        try {
            long invalidationsBefore = liveSessions.invalidationCount();
            return switch (authorizer.authorize(request, context)) {
                case AuthorizationResult.Answered answered -> message(answered, context);
                case AuthorizationResult.SelfService selfService -> answerSelfService(selfService, request, context);
                case AuthorizationResult.LfsAllowed lfs -> {
                    context.concluded(lfs);
                    recorder.keyUsed(lfs.key());
                    yield output(lfs.answer().get(), context);
                }
                case AuthorizationResult.Authorized authorized -> {
                    context.concluded(authorized);
                    recorder.keyUsed(authorized.key());
                    yield takeSlot(authorized, request, context, invalidationsBefore);
                }
            };
        } catch (RuntimeException bug) {
            LOG.atError()
                    .setCause(bug)
                    .addKeyValue("request_id", context.id())
                    .log("Request failed with an internal error");
            return message(AuthorizationResult.Answered.failed(), context);
        }
    }

    private DelegatedResult answerSelfService(
            AuthorizationResult.SelfService selfService, ClientRequest request, RequestContext context) {
        try {
            Optional<String> answer = answers.answer(selfService.key(), selfService.command());
            if (answer.isEmpty()) {
                return message(AuthorizationResult.Answered.invalid(request.execLine()), context);
            }
            recorder.keyUsed(selfService.key());
            context.concluded(selfService);
            return output(answer.get(), context);
        } catch (LookupUnavailable e) {
            LOG.atWarn().setCause(e).addKeyValue("request_id", context.id()).log("Self-service look-up failed");
            return message(AuthorizationResult.Answered.unavailable(), context);
        }
    }

    private DelegatedResult output(String text, RequestContext context) {
        recorder.end(context, new TransferMonitor(), RequestEnd.exit(0, EndedBy.GATE));
        return new DelegatedResult.Output(text);
    }

    private DelegatedResult takeSlot(
            AuthorizationResult.Authorized authorized,
            ClientRequest request,
            RequestContext context,
            long invalidationsBefore) {
        return switch (slots.tryTake(authorized.key())) {
            case SessionSlots.Attempt.Refused refused -> message(refused.answer(authorized.key()), context);
            case SessionSlots.Attempt.Taken(SessionSlots.Slot slot) -> {
                var running = new DelegatedCommand(authorized, context.id(), slot, liveSessions, invalidationsBefore);
                boolean isConnected = false;
                try {
                    DelegatedResult result = connect(authorized, request, context, running);
                    isConnected = result instanceof DelegatedResult.Connect;
                    yield result;
                } finally {
                    if (!isConnected) {
                        running.close();
                    }
                }
            }
        };
    }

    private DelegatedResult connect(
            AuthorizationResult.Authorized authorized,
            ClientRequest request,
            RequestContext context,
            DelegatedCommand running) {
        String note =
                authorized.message().map(message -> line(message, context)).orElse("");
        try {
            Optional<FileServerHost> host = hostOf(authorized);
            if (host.isEmpty()) {
                var name = authorized.allowed().repository().name();
                return message(note, ClientMessage.fileServerGone(name), EndedBy.FILE_SERVER, context);
            }
            context.connected(host.get());
            recorder.endDelegated(context);
            if (authorized.command().service().writes()) {
                running.onEnd(() -> defaultBranches.afterPush(authorized, context.id()));
            }
            return new DelegatedResult.Connect(
                    note,
                    host.get(),
                    authorized.remoteCommand(),
                    authorized.environment(request, context.id()),
                    running);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return message(note, ClientMessage.STOPPING, EndedBy.GATE, context);
        }
    }

    private Optional<FileServerHost> hostOf(AuthorizationResult.Authorized authorized) throws InterruptedException {
        for (FileServerHost host : authorized.hosts()) {
            if (probe.isAnswering(host)) {
                return Optional.of(host);
            }
        }
        return Optional.empty();
    }

    private DelegatedResult message(AuthorizationResult.Answered answered, RequestContext context) {
        context.concluded(answered);
        return message("", answered.answer(), EndedBy.GATE, context);
    }

    private DelegatedResult message(String note, ClientMessage message, EndedBy by, RequestContext context) {
        context.answered(message);
        recorder.end(context, new TransferMonitor(), RequestEnd.exit(message.exitStatus(), by));
        return new DelegatedResult.Message(note + line(message, context), message.exitStatus());
    }

    private static String line(ClientMessage message, RequestContext context) {
        return new String(message.line(context.id()), StandardCharsets.UTF_8);
    }
}
