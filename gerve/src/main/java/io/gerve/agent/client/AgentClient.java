package io.gerve.agent.client;

import io.gerve.agent.protocol.AgentReply;
import io.gerve.agent.protocol.AgentRequest;
import io.gerve.agent.protocol.ProtocolGreeting;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;

/** Connection to the agent on this machine, for one request. */
final class AgentClient implements AutoCloseable {
    static final String DEFAULT_SOCKET = "/run/gerve-agent/socket";

    /** Together with the start of this program it must stay below 2 s. */
    private static final int GREETING_MILLISECONDS = 1_200;
    /**
     * An agent that sent its greeting is alive. It has its own timeouts for look-ups and for connecting to file
     * servers.
     */
    private static final int REPLY_MILLISECONDS = 30_000;

    private final SocketChannel channel;
    private final Runnable onTimeout;

    private AgentClient(SocketChannel channel, Runnable onTimeout) {
        this.channel = channel;
        this.onTimeout = onTimeout;
    }

    /**
     * Connects to the agent.
     *
     * @param onTimeout ends the program; called if the agent does not respond in time
     * @throws IOException if there is no agent
     */
    static AgentClient connect(String socket, Runnable onTimeout) throws IOException {
        var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try (var _ = new ReplyTimeout(GREETING_MILLISECONDS, onTimeout)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            ProtocolGreeting.read(channel);
            return new AgentClient(channel, onTimeout);
        } catch (IOException e) {
            channel.close();
            throw e;
        } catch (IllegalArgumentException e) {
            channel.close();
            throw new IOException("invalid socket path: ".concat(socket), e);
        }
    }

    /**
     * Sends a request and returns the reply.
     *
     * @throws IOException if the agent does not reply
     */
    AgentReply request(AgentRequest request) throws IOException {
        try (var _ = new ReplyTimeout(REPLY_MILLISECONDS, onTimeout)) {
            request.write(channel);
            return AgentReply.read(channel);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
