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

/** What clients that have shown no key can take from others. */
@Timeout(60)
class UnauthenticatedClientsIT {
    private static final byte[] VERSION = "SSH-2.0-flood\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int PACKET_MAX = 35_000;
    private static final int PADDING = 7;
    private static final byte NOBODY_KNOWS = (byte) 150;

    @TempDir
    Path home;

    private static Socket connect(RunningFrontend door) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    /** A packet before encryption, whose length field says {@code length}. */
    private static byte[] packet(byte message, int length) {
        return ByteBuffer.allocate(4 + length)
                .putInt(length)
                .put((byte) PADDING)
                .put(message)
                .array();
    }

    private static boolean isCut(Socket socket) {
        try {
            socket.getInputStream().transferTo(new ByteArrayOutputStream());
            return true;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    /** MINA buffers 256 KiB for anybody who announces them: 500 connections took 128 MiB. */
    @Test
    void announcedPacketThatIsTooLongCutsTheClient() throws Exception {
        try (var door = new RunningFrontend(home);
                var client = connect(door)) {
            client.getOutputStream().write(VERSION);
            client.getOutputStream()
                    .write(ByteBuffer.allocate(16).putInt(PACKET_MAX + 1).array());
            assertThat(isCut(client)).isTrue();
        }
    }

    @Test
    void longestPacketIsHeard() throws Exception {
        try (var door = new RunningFrontend(home);
                var client = connect(door)) {
            client.getOutputStream().write(VERSION);
            client.getOutputStream().write(packet(SshConstants.SSH_MSG_IGNORE, PACKET_MAX));
            client.getOutputStream().write(packet(NOBODY_KNOWS, 16));
            var in = new DataInputStream(client.getInputStream());
            while (in.readByte() != '\n') {
                // The version's line.
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

    /** Whoever held as many connections as there may be kept everybody else from logging in. */
    @Test
    void floodOfConnectionsCutsTheFlooderAndLetsOthersLogIn() throws Exception {
        List<Socket> flood = new ArrayList<>();
        try (var door = new RunningFrontend(home)) {
            for (int i = 0; i <= RunningFrontend.LIMITS.connectionsPerAddressMax(); i++) {
                Socket socket = connect(door);
                flood.add(socket);
                assertThat(socket.getInputStream().read()).isEqualTo('S');
            }
            assertThat(isCut(flood.getFirst())).isTrue();
            assertThat(door.run("whoami").status()).isZero();
        } finally {
            for (Socket each : flood) {
                each.close();
            }
        }
    }
}
