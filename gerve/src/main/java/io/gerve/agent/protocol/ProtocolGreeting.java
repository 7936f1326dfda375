package io.gerve.agent.protocol;

import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/** What the agent says first, so that a client soon knows whether it is there and of the client's own version. */
public final class ProtocolGreeting {
    private static final Frame THIS_VERSION = new Frame(List.of("gerve-agent", "1"));

    private ProtocolGreeting() {}

    public static void write(WritableByteChannel channel) throws IOException {
        THIS_VERSION.write(channel);
    }

    /** @throws MalformedMessage if it is another agent or another version's */
    public static void read(ReadableByteChannel channel) throws IOException {
        // A record's own equals is put together at its first use, which takes a thin client longer than all the rest.
        if (!Frame.read(channel).fields().equals(THIS_VERSION.fields())) {
            throw new MalformedMessage("no agent of this version");
        }
    }
}
