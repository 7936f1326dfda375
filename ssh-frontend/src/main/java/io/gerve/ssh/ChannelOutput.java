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
 * Standard output or standard error of one command. Each write goes into a packet at once, with one copy and without a
 * buffer of its own. A write blocks while the client's window is closed or too many bytes wait for the socket.
 */
final class ChannelOutput extends OutputStream {
    /** Message number, recipient channel, type of extended data, length of the data. */
    private static final int HEADER = 16;

    private static final int PACKET_MAX = 32 * 1024;
    private static final int STDERR = 1;

    private final SessionChannel channel;
    private final byte message;
    private final OutputFlowControl flowControl;
    private final Duration clientAliveTimeout;

    private ChannelOutput(
            SessionChannel channel, byte message, OutputFlowControl flowControl, Duration clientAliveTimeout) {
        this.channel = channel;
        this.message = message;
        this.flowControl = flowControl;
        this.clientAliveTimeout = clientAliveTimeout;
    }

    static ChannelOutput stdout(SessionChannel channel, OutputFlowControl flowControl, Duration clientAliveTimeout) {
        return new ChannelOutput(channel, SshConstants.SSH_MSG_CHANNEL_DATA, flowControl, clientAliveTimeout);
    }

    static ChannelOutput stderr(SessionChannel channel, OutputFlowControl flowControl, Duration clientAliveTimeout) {
        return new ChannelOutput(channel, SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA, flowControl, clientAliveTimeout);
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

    /**
     * Sends one packet.
     *
     * @return the number of bytes in the packet
     */
    private int send(byte[] data, int offset, int length) throws IOException {
        try {
            flowControl.acquire(clientAliveTimeout.toMillis(), TimeUnit.MILLISECONDS);
            try {
                RemoteWindow window = channel.getRemoteWindow();
                long space = window.waitForSpace(clientAliveTimeout);
                int count = (int) Math.min(Math.min(length, PACKET_MAX), Math.min(space, window.getPacketSize()));
                flowControl.addUnsent(count, clientAliveTimeout.toMillis(), TimeUnit.MILLISECONDS);
                window.consume(count);
                IoWriteFuture written = channel.writePacket(packet(data, offset, count));
                written.addListener(_ -> flowControl.sent(count));
                if (written.isDone() && written.getException() != null) {
                    throw new IOException("the client is gone", written.getException());
                }
                return count;
            } finally {
                flowControl.release();
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
