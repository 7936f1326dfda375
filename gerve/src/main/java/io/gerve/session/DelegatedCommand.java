package io.gerve.session;

import io.gerve.program.RequestId;
import io.gerve.request.AuthorizationResult;
import io.gerve.request.ClientMessage;
import io.gerve.request.LiveSession;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Git command that another program runs. It holds a slot and is authorized again, like the commands of {@link
 * GitSession}, until it is closed. Safe for use by many threads.
 */
public final class DelegatedCommand implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DelegatedCommand.class);

    private final RequestId id;
    private final SessionSlots.Slot slot;
    private final LiveSessions liveSessions;
    private final LiveSession session;
    private final CompletableFuture<DelegatedResult.Message> refusal = new CompletableFuture<>();
    private final CompletableFuture<Boolean> ended = new CompletableFuture<>();

    /** @param invalidationsBefore count of {@link LiveSessions} before the authorization */
    DelegatedCommand(
            AuthorizationResult.Authorized authorized,
            RequestId id,
            SessionSlots.Slot slot,
            LiveSessions liveSessions,
            long invalidationsBefore) {
        this.id = id;
        this.slot = slot;
        this.liveSessions = liveSessions;
        this.session = new LiveSession(
                authorized.key(),
                authorized.command(),
                authorized.allowed().repository(),
                authorized.route(),
                this::refuse);
        liveSessions.add(session, invalidationsBefore);
    }

    private void refuse(ClientMessage message) {
        String line = new String(message.line(id), StandardCharsets.UTF_8);
        if (refusal.complete(new DelegatedResult.Message(line, message.exitStatus()))) {
            LOG.atInfo()
                    .addKeyValue("request_id", id)
                    .addKeyValue("message", message.text())
                    .log("Ending a running command");
        }
    }

    /** Calls the consumer once if the command must be ended, with the message to the client. */
    public void onRefusal(Consumer<DelegatedResult.Message> end) {
        var _ = refusal.thenAccept(end);
    }

    /** Calls the action once, when the command has ended. */
    void onEnd(Runnable action) {
        var _ = ended.thenRun(action);
    }

    /** Frees the slot. Must be called once, when the command has ended. */
    @Override
    public void close() {
        liveSessions.remove(session);
        slot.close();
        ended.complete(true);
    }
}
