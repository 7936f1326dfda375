package io.gerve.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.sshd.common.SshConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Attacks by clients that have not authenticated on the resources of other clients. */
@Timeout(180)
class UnauthenticatedClientsIT {
    private static final byte[] VERSION = "SSH-2.0-flood\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int PACKET_MAX = 35_000;
    private static final int PADDING = 7;
    private static final byte UNKNOWN_MESSAGE = (byte) 150;

    @TempDir
    Path home;

    private static Socket connect(RunningFrontend frontend) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), frontend.port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    /** Returns an unencrypted packet with this length field. */
    private static byte[] packet(byte message, int length) {
        return ByteBuffer.allocate(4 + length)
                .putInt(length)
                .put((byte) PADDING)
                .put(message)
                .array();
    }

    private static boolean isClosed(Socket socket) {
        try {
            socket.getInputStream().transferTo(new ByteArrayOutputStream());
            return true;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    /** The attack: to announce packets of 256 KiB, which MINA buffers for any client. 500 connections took 128 MiB. */
    @Test
    void announcedPacketOverTheLimitIsRefused() throws Exception {
        try (var frontend = new RunningFrontend(home);
                var client = connect(frontend)) {
            client.getOutputStream().write(VERSION);
            client.getOutputStream()
                    .write(ByteBuffer.allocate(16).putInt(PACKET_MAX + 1).array());
            assertThat(isClosed(client)).isTrue();
        }
    }

    @Test
    void longestAllowedPacketIsProcessed() throws Exception {
        try (var frontend = new RunningFrontend(home);
                var client = connect(frontend)) {
            client.getOutputStream().write(VERSION);
            client.getOutputStream().write(packet(SshConstants.SSH_MSG_IGNORE, PACKET_MAX));
            client.getOutputStream().write(packet(UNKNOWN_MESSAGE, 16));
            var in = new DataInputStream(client.getInputStream());
            while (in.readByte() != '\n') {
                // Skips the identification string.
            }
            assertThat(nextMessage(in)).isEqualTo(SshConstants.SSH_MSG_KEXINIT);
            assertThat(nextMessage(in)).isEqualTo(SshConstants.SSH_MSG_UNIMPLEMENTED);
        }
    }

    private static byte nextMessage(DataInputStream in) throws IOException {
        byte[] packet = new byte[in.readInt()];
        in.readFully(packet);
        return packet[1];
    }

    /** The attack: to hold as many connections as the limit allows, so that no other client can log in. */
    @Test
    void floodOfConnectionsDisplacesItselfAndOtherClientsAuthenticate() throws Exception {
        List<Socket> flood = new ArrayList<>();
        try (var frontend = new RunningFrontend(home)) {
            for (int i = 0; i <= RunningFrontend.LIMITS.connectionsPerAddressMax(); i++) {
                Socket socket = connect(frontend);
                flood.add(socket);
                assertThat(socket.getInputStream().read()).isEqualTo('S');
            }
            assertThat(isClosed(flood.getFirst())).isTrue();
            assertThat(frontend.run("whoami").status()).isZero();
        } finally {
            for (Socket each : flood) {
                each.close();
            }
        }
    }
}
