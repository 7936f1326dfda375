package io.gerve.ssh;

import java.io.IOException;
import java.util.Optional;
import org.apache.sshd.common.Service;
import org.apache.sshd.common.ServiceFactory;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.channel.RequestHandler;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.session.ServerConnectionService;

/**
 * Connection service of an authenticated client. It opens a bounded number of session channels, and refuses all
 * forwarding.
 */
final class ChannelService extends ServerConnectionService {
    /**
     * Least window and least maximum packet of a channel. A client with packets of one byte would make the gate encrypt
     * a packet for each byte of a clone. Every known client offers 16 KiB and more; RFC 4253, section 6.1, obliges it
     * to accept 32 768.
     */
    static final int DATA_LEAST = 4096;

    private final SshConnection connection;
    private final int channelsMax;

    private ChannelService(SshConnection connection, int channelsMax) throws SshException {
        super(connection);
        this.connection = connection;
        this.channelsMax = channelsMax;
    }

    static ServiceFactory factory(int channelsMax) {
        return new ServiceFactory() {
            @Override
            public String getName() {
                return "ssh-connection";
            }

            @Override
            public Service create(Session session) throws IOException {
                return new ChannelService((SshConnection) session, channelsMax);
            }
        };
    }

    @Override
    protected void channelOpen(Buffer buffer) throws Exception {
        int start = buffer.rpos();
        String type = buffer.getString();
        long sender = buffer.getUInt();
        long window = buffer.getUInt();
        long packetSize = buffer.getUInt();
        Optional<String> commandRefusal = connection.commandRefusal();
        if (!type.equals("session")) {
            refuse(
                    buffer,
                    sender,
                    SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED,
                    "Gerve runs git commands and forwards nothing");
        } else if (getChannels().size() >= channelsMax) {
            refuse(
                    buffer,
                    sender,
                    SshConstants.SSH_OPEN_RESOURCE_SHORTAGE,
                    "At most " + channelsMax + " sessions at one time on one connection");
        } else if (window < DATA_LEAST || packetSize < DATA_LEAST) {
            refuse(
                    buffer,
                    sender,
                    SshConstants.SSH_OPEN_RESOURCE_SHORTAGE,
                    "Window and maximum packet must be at least " + DATA_LEAST + " bytes");
        } else if (commandRefusal.isPresent()) {
            refuse(buffer, sender, SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED, commandRefusal.get());
        } else {
            buffer.rpos(start);
            super.channelOpen(buffer);
        }
    }

    private void refuse(Buffer buffer, long sender, int reason, String message) throws IOException {
        sendChannelOpenFailure(buffer, sender, reason, message, "");
    }

    /**
     * Refuses every global request, such as tcpip-forward and streamlocal-forward. A client's keepalive is refused too;
     * any reply answers it.
     */
    @Override
    protected IoWriteFuture globalRequest(Buffer buffer) throws IOException {
        return sendGlobalResponse(buffer, buffer.getString(), RequestHandler.Result.ReplyFailure, buffer.getBoolean());
    }
}
