package io.gerve.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.config.FileServerSettings;
import io.gerve.fileserver.FileServerPool;
import io.gerve.fileserver.RemoteExit;
import io.gerve.keylookup.key.PublicKey;
import io.gerve.routing.FileServerHost;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.RequestHandler;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.channel.ChannelSessionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests of a file server whose reply to an exec request arrives after the first output. A busy gate may process the
 * reply late; a file server that sends it late looks the same to the gate and makes the test deterministic.
 */
class LateReplyIT {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    @TempDir
    Path home;

    private SshServer server;
    private FileServerPool pool;
    private FileServerHost host;
    private volatile Reply reply = channel -> {};

    /** The file server's messages after the first output. */
    private interface Reply {
        void sendOn(ExecutingChannel channel) throws IOException, InterruptedException;
    }

    @BeforeEach
    void start() throws Exception {
        SshKey hostKey = SshKey.generate(home, "host", "ed25519");
        SshKey identity = SshKey.generate(home, "identity", "ed25519");
        server = SshServer.setUpDefaultServer();
        server.setHost("127.0.0.1");
        server.setKeyPairProvider(KeyPairProvider.wrap(hostKey.pair()));
        server.setPublickeyAuthenticator((_, _, _) -> true);
        server.setChannelFactories(List.of(new ChannelSessionFactory() {
            @Override
            public Channel createChannel(Session session) {
                return new ExecutingChannel();
            }
        }));
        server.start();
        host = new FileServerHost("fs1a", "127.0.0.1", server.getPort(), PublicKey.ofBlob(hostKey.blob()));
        pool = new FileServerPool(
                new FileServerSettings(
                        "git", identity.file(), 0, 1, CONNECT_TIMEOUT, TIMEOUT, TIMEOUT, Duration.ofHours(1), 100),
                new SimpleMeterRegistry());
    }

    @AfterEach
    void stop() throws Exception {
        pool.close();
        server.stop(true);
    }

    @Test
    void commandWithTimelyOutputCompletesAfterLateReply() throws Exception {
        reply = channel -> {
            Thread.sleep(CONNECT_TIMEOUT.plusSeconds(1));
            channel.send(SshConstants.SSH_MSG_CHANNEL_SUCCESS);
            channel.sendOutput("late");
            channel.exit(7);
        };
        var stdout = new ByteArrayOutputStream();
        try (var command = pool.start(host, "git-upload-pack 'a'", Map.of(), stdout, stdout)) {
            assertThat(command.await(TIMEOUT)).contains(new RemoteExit.Exited(7));
        }
        assertThat(stdout.toString(UTF_8)).isEqualTo("early late");
    }

    @Test
    void commandRefusedAfterItsFirstOutputIsLost() throws Exception {
        reply = channel -> channel.send(SshConstants.SSH_MSG_CHANNEL_FAILURE);
        var stdout = new ByteArrayOutputStream();
        try (var command = pool.start(host, "git-upload-pack 'a'", Map.of(), stdout, stdout)) {
            assertThat(command.await(TIMEOUT))
                    .hasValueSatisfying(ending -> assertThat(ending).isInstanceOf(RemoteExit.Lost.class));
        }
        assertThat(pool.openCount()).isZero();
    }

    private final class ExecutingChannel extends ChannelSession {
        @Override
        protected RequestHandler.Result handleExec(String request, Buffer buffer, boolean wantReply)
                throws IOException {
            sendOutput("early ");
            try {
                reply.sendOn(this);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return RequestHandler.Result.Replied;
        }

        void send(byte message) throws IOException {
            Buffer packet = getSession().createBuffer(message, 16);
            packet.putUInt(getRecipient());
            getSession().writePacket(packet);
        }

        void sendOutput(String text) throws IOException {
            Buffer packet = getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_DATA, 32);
            packet.putUInt(getRecipient());
            packet.putString(text);
            getSession().writePacket(packet);
        }

        void exit(int status) throws IOException {
            Buffer packet = getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST, 64);
            packet.putUInt(getRecipient());
            packet.putString("exit-status");
            packet.putBoolean(false);
            packet.putUInt(status);
            getSession().writePacket(packet);
            send(SshConstants.SSH_MSG_CHANNEL_EOF);
            send(SshConstants.SSH_MSG_CHANNEL_CLOSE);
        }
    }
}
