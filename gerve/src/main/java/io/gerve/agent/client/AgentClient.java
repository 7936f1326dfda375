package io.gerve.agent.client;

import io.gerve.agent.protocol.AgentReply;
import io.gerve.agent.protocol.AgentRequest;
import io.gerve.agent.protocol.ProtocolGreeting;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;

/** The agent on this machine, as a thin client sees it. */
record AgentClient(String socket) {
    static final String USUAL_SOCKET = "/run/gerve-agent/socket";

    /** With the start of this program it must stay under two seconds. */
    private static final int GREETING_MILLISECONDS = 1_200;
    /** An agent that greeted is alive; it bounds its own look-ups, and the connecting to file servers. */
    private static final int REPLY_MILLISECONDS = 30_000;

    /**
     * @param otherwise ends the program, when the agent is silent
     * @throws IOException if there is no agent, or not one that answers
     */
    AgentReply request(AgentRequest question, Runnable otherwise) throws IOException {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            try (var _ = new ReplyTimeout(GREETING_MILLISECONDS, otherwise)) {
                channel.connect(UnixDomainSocketAddress.of(socket));
                ProtocolGreeting.read(channel);
            }
            try (var _ = new ReplyTimeout(REPLY_MILLISECONDS, otherwise)) {
                question.write(channel);
                return AgentReply.read(channel);
            }
        } catch (IllegalArgumentException e) {
            throw new IOException("not the path of a socket: " + socket, e);
        }
    }
}
