package io.gerve.agent.protocol;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;

/**
 * Lines that the agent sends after {@link AgentReply.Connect}, while the command runs. They are read by {@code
 * share/command-supervisor}, a shell script, and are therefore not frames. The supervisor sends nothing, and closes the
 * connection when the command has ended.
 */
public final class SupervisorLine {
    private SupervisorLine() {}

    /** Sends that the agent still authorizes the command. */
    public static void writeAlive(WritableByteChannel channel) throws IOException {
        write(channel, "alive\n");
    }

    /**
     * Sends that the command must end. Nothing may follow.
     *
     * @param text text for the standard error of the client, with line ends
     */
    public static void writeEnd(WritableByteChannel channel, int exitStatus, String text) throws IOException {
        write(channel, "end\n" + exitStatus + "\n" + text);
    }

    private static void write(WritableByteChannel channel, String text) throws IOException {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
