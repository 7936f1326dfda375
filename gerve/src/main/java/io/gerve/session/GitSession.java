package io.gerve.session;

import io.gerve.fileserver.FileServers;
import io.gerve.folder.DefaultBranchSetter;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.relay.Relay;
import io.gerve.request.AuthorizationResult;
import io.gerve.request.ClientMessenger;
import io.gerve.request.ClientRequest;
import io.gerve.request.ClientStreams;
import io.gerve.request.EndedBy;
import io.gerve.request.ExitResult;
import io.gerve.request.LiveSession;
import io.gerve.request.RequestAuthorizer;
import io.gerve.request.RequestContext;
import io.gerve.request.RequestEnd;
import io.gerve.request.RequestRecorder;
import io.gerve.request.RequestRunner;
import io.gerve.request.SelfServiceAnswers;
import io.gerve.request.TransferMonitor;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runner of git requests, from the exec line to the exit status: authorizes the request and relays it. Safe for use by
 * many threads.
 */
public final class GitSession implements RequestRunner {
    private static final Logger LOG = LoggerFactory.getLogger(GitSession.class);

    private final RequestAuthorizer authorizer;
    private final FileServers fileServers;
    private final SessionSlots slots;
    private final DefaultBranchSetter defaultBranches;
    private final LiveSessions liveSessions;
    private final SelfServiceAnswers answers;
    private final RequestRecorder recorder;

    public GitSession(
            RequestAuthorizer authorizer,
            FileServers fileServers,
            SessionSlots slots,
            LiveSessions liveSessions,
            SelfServiceAnswers answers,
            RequestRecorder recorder) {
        this.authorizer = authorizer;
        this.fileServers = fileServers;
        this.defaultBranches = new DefaultBranchSetter(fileServers);
        this.slots = slots;
        this.liveSessions = liveSessions;
        this.answers = answers;
        this.recorder = recorder;
    }

    @Override
    public ExitResult run(ClientRequest request, ClientStreams client) {
        RequestContext context = recorder.begin(request);
        TransferMonitor transfer = recorder.newTransfer();
        RequestEnd ended;
        try {
            ended = answer(request, client, context, transfer);
        } catch (RuntimeException bug) {
            LOG.atError()
                    .setCause(bug)
                    .addKeyValue("request_id", context.id())
                    .log("Request failed with an internal error");
            ended = send(AuthorizationResult.Answered.failed(), client, context);
        }
        recorder.end(context, transfer, ended);
        return ended.exit();
    }

    private RequestEnd answer(
            ClientRequest request, ClientStreams client, RequestContext context, TransferMonitor transfer) {
        long invalidationsBefore = liveSessions.invalidationCount();
        return switch (authorizer.authorize(request, context)) {
            case AuthorizationResult.Answered answered -> send(answered, client, context);
            case AuthorizationResult.SelfService selfService ->
                takeSlot(
                        selfService.key(),
                        client,
                        context,
                        () -> answerSelfService(selfService, request, client, context));
            case AuthorizationResult.LfsAllowed lfs -> {
                context.concluded(lfs);
                recorder.keyUsed(lfs.key());
                yield new ClientMessenger(client, context).answer(lfs.answer().get());
            }
            case AuthorizationResult.Authorized authorized -> {
                context.concluded(authorized);
                recorder.keyUsed(authorized.key());
                if (authorized.command().service().writes()) {
                    transfer.observePush();
                }
                var relay = new Relay(fileServers, authorized, client, context, transfer);
                var session = new LiveSession(
                        authorized.key(),
                        authorized.command(),
                        authorized.allowed().repository(),
                        authorized.route(),
                        relay::end);
                Map<String, String> environment = authorized.environment(request, context.id());
                yield takeSlot(session.key(), client, context, () -> {
                    try (var _ = recorder.recordWhileRunning(context, transfer)) {
                        liveSessions.add(session, invalidationsBefore);
                        RequestEnd end = relay.run(environment);
                        if (end.by() == EndedBy.COMMAND && transfer.isFirstPush()) {
                            // Before the client gets its exit status, so that its next clone finds the branch.
                            defaultBranches.afterFirstPush(authorized, context.id());
                        }
                        return end;
                    } finally {
                        liveSessions.remove(session);
                    }
                });
            }
        };
    }

    private RequestEnd answerSelfService(
            AuthorizationResult.SelfService selfService,
            ClientRequest request,
            ClientStreams client,
            RequestContext context) {
        try {
            Optional<String> answer = answers.answer(selfService.key(), selfService.command());
            if (answer.isEmpty()) {
                return send(AuthorizationResult.Answered.invalid(request.execLine()), client, context);
            }
            recorder.keyUsed(selfService.key());
            context.concluded(selfService);
            return new ClientMessenger(client, context).answer(answer.get());
        } catch (LookupUnavailable e) {
            LOG.atWarn().setCause(e).addKeyValue("request_id", context.id()).log("Self-service look-up failed");
            return send(AuthorizationResult.Answered.unavailable(), client, context);
        }
    }

    private RequestEnd takeSlot(
            RegisteredKey key, ClientStreams client, RequestContext context, Supplier<RequestEnd> run) {
        return switch (slots.tryTake(key)) {
            case SessionSlots.Attempt.Taken(SessionSlots.Slot slot) -> {
                try (slot) {
                    yield run.get();
                }
            }
            case SessionSlots.Attempt.Refused refused -> send(refused.answer(key), client, context);
        };
    }

    private static RequestEnd send(
            AuthorizationResult.Answered answered, ClientStreams client, RequestContext context) {
        context.concluded(answered);
        return new ClientMessenger(client, context).send(answered.answer(), EndedBy.GATE);
    }
}
