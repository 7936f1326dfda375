package io.gerve.agent;

import io.gerve.agent.protocol.SupervisorLine;
import io.gerve.session.DelegatedCommand;
import io.gerve.session.DelegatedResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connection to the supervisor of one running command, which ends the command when the agent says so or is silent. */
final class SupervisorConnection {
    private static final Logger LOG = LoggerFactory.getLogger(SupervisorConnection.class);
    private static final Duration WRITE_TIMEOUT = Duration.ofSeconds(5);

    private final SocketChannel channel;
    private final Duration interval;
    /** Empty if the command has ended by itself. */
    private final CompletableFuture<Optional<DelegatedResult.Message>> end = new CompletableFuture<>();

    /** @param interval time between two lines */
    SupervisorConnection(SocketChannel channel, Duration interval) {
        this.channel = channel;
        this.interval = interval;
    }

    /** Serves the connection until the command has ended, or was told to end. */
    void serve(DelegatedCommand command) throws IOException {
        command.onRefusal(message -> end.complete(Optional.of(message)));
        Thread.ofVirtual().name("agent-supervisor-end").start(this::awaitEnd);
        try {
            while (!isEndedWithinInterval()) {
                try (var _ = new ChannelTimeout(channel, WRITE_TIMEOUT)) {
                    SupervisorLine.writeAlive(channel);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isEndedWithinInterval() throws InterruptedException, IOException {
        try {
            Optional<DelegatedResult.Message> refusal = end.get(interval.toMillis(), TimeUnit.MILLISECONDS);
            if (refusal.isPresent()) {
                try (var _ = new ChannelTimeout(channel, WRITE_TIMEOUT)) {
                    SupervisorLine.writeEnd(
                            channel, refusal.get().exitStatus(), refusal.get().text());
                }
            }
            return true;
        } catch (TimeoutException _) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The supervisor sends nothing, so that whatever the read returns is the end. */
    private void awaitEnd() {
        try {
            channel.read(ByteBuffer.allocate(1));
        } catch (IOException e) {
            LOG.debug("connection to a supervisor failed", e);
        } finally {
            end.complete(Optional.empty());
        }
    }
}
