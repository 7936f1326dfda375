package io.gerve.agent.client;

import io.gerve.agent.protocol.AgentReply;
import io.gerve.agent.protocol.AgentRequest;
import io.gerve.agent.protocol.ProtocolGreeting;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;

/** Client of the agent on this machine. */
record AgentClient(String socket) {
    static final String DEFAULT_SOCKET = "/run/gerve-agent/socket";

    /** Together with the start of this program it must stay below 2 s. */
    private static final int GREETING_MILLISECONDS = 1_200;
    /**
     * An agent that sent its greeting is alive. It has its own timeouts for look-ups and for connecting to file
     * servers.
     */
    private static final int REPLY_MILLISECONDS = 30_000;

    /**
     * Sends a request and returns the reply.
     *
     * @param onTimeout ends the program; called if the agent does not respond in time
     * @throws IOException if there is no agent, or it does not reply
     */
    AgentReply request(AgentRequest request, Runnable onTimeout) throws IOException {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            try (var _ = new ReplyTimeout(GREETING_MILLISECONDS, onTimeout)) {
                channel.connect(UnixDomainSocketAddress.of(socket));
                ProtocolGreeting.read(channel);
            }
            try (var _ = new ReplyTimeout(REPLY_MILLISECONDS, onTimeout)) {
                request.write(channel);
                return AgentReply.read(channel);
            }
        } catch (IllegalArgumentException e) {
            throw new IOException("invalid socket path: " + socket, e);
        }
    }
}
