package io.gerve.agent.protocol;

import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/**
 * The greeting that the agent sends first, by which a client quickly detects a dead agent or another protocol version.
 */
public final class ProtocolGreeting {
    private static final Frame THIS_VERSION = new Frame(List.of("gerve-agent", "2"));

    private ProtocolGreeting() {}

    public static void write(WritableByteChannel channel) throws IOException {
        THIS_VERSION.write(channel);
    }

    /**
     * Reads the greeting.
     *
     * @throws MalformedMessage if the peer is not an agent of this protocol version
     */
    public static void read(ReadableByteChannel channel) throws IOException {
        // The JVM generates a record's equals at its first use, which would take a thin client longer than all the
        // rest.
        if (!Frame.read(channel).fields().equals(THIS_VERSION.fields())) {
            throw new MalformedMessage("not an agent of this protocol version");
        }
    }
}
