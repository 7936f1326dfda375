package io.gerve.testbed.flood;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;

/** Client of one connection of a {@link Flood}, which calls it on one thread. It does nothing unless a subclass does. */
public class FloodClient {
    private final Deque<ByteBuffer> unsent = new ArrayDeque<>(1);
    private boolean hasEnded;

    /** Runs when the connection is made. */
    void connected() throws IOException {}

    /** Runs when the gate has sent something. */
    void received(ByteBuffer bytes) throws IOException {}

    /** Runs once a second. */
    void tick() throws IOException {}

    /** Returns whether the client has what it wanted of this connection, as an idle client has when it is logged in. */
    boolean isSettled() {
        return true;
    }

    final void send(byte[] bytes) {
        unsent.add(ByteBuffer.wrap(bytes));
    }

    /** Closes the connection. The flood opens another one in its place. */
    final void end() {
        hasEnded = true;
    }

    final boolean hasEnded() {
        return hasEnded;
    }

    /** Writes what the socket accepts, and returns whether bytes are left. */
    final boolean flush(SocketChannel socket) throws IOException {
        for (ByteBuffer first = unsent.peek(); first != null; first = unsent.peek()) {
            socket.write(first);
            if (first.hasRemaining()) {
                return true;
            }
            unsent.remove();
        }
        return false;
    }
}
