package io.gerve.agent;

import io.gerve.agent.protocol.AgentReply;
import io.gerve.agent.protocol.AgentRequest;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** Writer of the reply to one request, which measures the time since it was created. */
final class ReplyWriter {
    private final AgentRequest request;
    private final SocketChannel channel;
    private final AgentMetrics metrics;
    private final long startedAt = System.nanoTime();

    ReplyWriter(AgentRequest request, SocketChannel channel, AgentMetrics metrics) {
        this.request = request;
        this.channel = channel;
        this.metrics = metrics;
    }

    void write(AgentReply reply) throws IOException {
        metrics.answered(request, reply, Duration.ofNanos(System.nanoTime() - startedAt));
        reply.write(channel);
    }
}
