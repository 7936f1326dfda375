package io.gerve.ssh;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.RemoteWindow;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * One of a command's two streams to the client. What is written goes into a packet at once, with one copy and no buffer of its own;
 * writing waits while the client's window is closed or too much stands before the socket.
 */
final class ChannelOutput extends OutputStream {
    /** The command's byte, the recipient, the type of extended data, the length. */
    private static final int HEADER = 16;

    private static final int PACKET_MAX = 32 * 1024;
    private static final int STDERR = 1;

    private final SessionChannel channel;
    private final byte message;
    private final OutputFlowControl turn;
    private final Duration silence;

    private ChannelOutput(SessionChannel channel, byte message, OutputFlowControl turn, Duration silence) {
        this.channel = channel;
        this.message = message;
        this.turn = turn;
        this.silence = silence;
    }

    static ChannelOutput stdout(SessionChannel channel, OutputFlowControl turn, Duration silence) {
        return new ChannelOutput(channel, SshConstants.SSH_MSG_CHANNEL_DATA, turn, silence);
    }

    static ChannelOutput stderr(SessionChannel channel, OutputFlowControl turn, Duration silence) {
        return new ChannelOutput(channel, SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA, turn, silence);
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] data, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, data.length);
        int sent = 0;
        while (sent < length) {
            sent += send(data, offset + sent, length - sent);
        }
    }

    /** Sends one packet.
     *  @return how many of the bytes went into it */
    private int send(byte[] data, int offset, int length) throws IOException {
        try {
            turn.acquire(silence.toMillis(), TimeUnit.MILLISECONDS);
            try {
                RemoteWindow window = channel.getRemoteWindow();
                long space = window.waitForSpace(silence);
                int count = (int) Math.min(Math.min(length, PACKET_MAX), Math.min(space, window.getPacketSize()));
                turn.addUnsent(count, silence.toMillis(), TimeUnit.MILLISECONDS);
                window.consume(count);
                IoWriteFuture written = channel.writePacket(packet(data, offset, count));
                written.addListener(_ -> turn.sent(count));
                if (written.isDone() && written.getException() != null) {
                    throw new IOException("the client is gone", written.getException());
                }
                return count;
            } finally {
                turn.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the client to read");
        }
    }

    private Buffer packet(byte[] data, int offset, int count) {
        Buffer packet = channel.getSession().createBuffer(message, HEADER + count);
        packet.putUInt(channel.getRecipient());
        if (message == SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA) {
            packet.putUInt(STDERR);
        }
        packet.putUInt(count);
        packet.putRawBytes(data, offset, count);
        return packet;
    }
}
