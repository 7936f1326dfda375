package io.gerve.ssh;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/** Client's session channel that sends any request and returns whether the frontend accepted it. */
class ProbingChannel extends ChannelExec {
    private final BlockingQueue<Boolean> replies = new LinkedBlockingQueue<>();
    final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    final ByteArrayOutputStream stderr = new ByteArrayOutputStream();

    ProbingChannel(ClientSession session) throws Exception {
        super("never sent", null, null);
        setOut(stdout);
        setErr(stderr);
        session.getService(ConnectionService.class).registerChannel(this);
        open().verify(Duration.ofSeconds(60));
    }

    /** Does nothing, so that the channel sends only the requests of the test. */
    @Override
    protected void doOpen() {}

    boolean isAccepted(String type, byte[] body) throws Exception {
        Buffer packet = getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST, 256 + body.length);
        packet.putUInt(getRecipient());
        packet.putString(type);
        packet.putBoolean(true);
        packet.putRawBytes(body);
        writePacket(packet);
        Boolean accepted = replies.poll(60, TimeUnit.SECONDS);
        if (accepted == null) {
            throw new IllegalStateException("No reply to " + type);
        }
        return accepted;
    }

    boolean isAccepted(String type, String... strings) throws Exception {
        Buffer body = new ByteArrayBuffer();
        for (String each : strings) {
            body.putString(each);
        }
        return isAccepted(type, body.getCompactData());
    }

    void endInput() throws Exception {
        sendEof();
    }

    int exitStatus() {
        waitFor(EnumSet.of(ClientChannelEvent.CLOSED), Duration.ofSeconds(60));
        return getExitStatus();
    }

    @Override
    public void handleSuccess() {
        replies.add(true);
    }

    @Override
    public void handleFailure() {
        replies.add(false);
    }
}
