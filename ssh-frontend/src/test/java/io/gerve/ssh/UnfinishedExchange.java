package io.gerve.ssh;

import java.util.List;
import org.apache.sshd.client.ClientFactoryManager;
import org.apache.sshd.client.session.ClientSessionImpl;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.util.buffer.Buffer;

/** Client session that can start a key exchange without finishing it, and goes on sending messages. */
final class UnfinishedExchange extends ClientSessionImpl {
    private static final List<String> LISTS = List.of(
            "curve25519-sha256",
            "ssh-ed25519",
            "aes128-gcm@openssh.com",
            "aes128-gcm@openssh.com",
            "hmac-sha2-256-etm@openssh.com",
            "hmac-sha2-256-etm@openssh.com",
            "none",
            "none",
            "",
            "");

    private volatile boolean begun;

    UnfinishedExchange(ClientFactoryManager client, IoSession socket) throws Exception {
        super(client, socket);
    }

    void begin() throws Exception {
        begun = true;
        writePacket(addTo(createBuffer(SshConstants.SSH_MSG_KEXINIT, 2048)));
    }

    /** Appends the body of an SSH_MSG_KEXINIT after its message number, and returns the message. */
    static Buffer addTo(Buffer message) {
        message.putRawBytes(new byte[16]);
        LISTS.forEach(message::putString);
        message.putBoolean(false);
        message.putUInt(0);
        return message;
    }

    @Override
    protected void handleMessage(Buffer message) throws Exception {
        boolean answer = (message.rawByte(message.rpos()) & 0xff) == SshConstants.SSH_MSG_KEXINIT;
        if (!begun || !answer) {
            super.handleMessage(message);
        }
    }
}
