package io.gerve.packaging.agent;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;

/** Agent for security keys on a Unix socket, which lists its keys and signs with them (draft-ietf-sshm-ssh-agent). */
public final class SecurityKeyAgent implements AutoCloseable {
    private static final int FAILURE = 5;
    private static final int REQUEST_IDENTITIES = 11;
    private static final int IDENTITIES_RESPONSE = 12;
    private static final int SIGN_REQUEST = 13;
    private static final int SIGN_RESPONSE = 14;

    private final ServerSocketChannel server;
    private final List<SecurityKey> keys;

    public SecurityKeyAgent(Path socket, SecurityKey... keys) throws IOException {
        this.keys = List.of(keys);
        this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofVirtual().name("ssh-agent").start(this::acceptAll);
    }

    private void acceptAll() {
        try {
            while (true) {
                SocketChannel client = server.accept();
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (ClosedChannelException _) {
            // The test has closed the agent.
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void serve(SocketChannel client) {
        try (client;
                var in = new DataInputStream(Channels.newInputStream(client));
                OutputStream out = Channels.newOutputStream(client)) {
            while (true) {
                var request = new byte[in.readInt()];
                in.readFully(request);
                out.write(new SshBytes()
                        .string(response(ByteBuffer.wrap(request)))
                        .toBytes());
            }
        } catch (EOFException _) {
            // The client has closed the connection.
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] response(ByteBuffer request) throws GeneralSecurityException {
        return switch (request.get()) {
            case REQUEST_IDENTITIES -> identities();
            case SIGN_REQUEST -> sign(SshBytes.readString(request), SshBytes.readString(request));
            default -> new SshBytes().raw(FAILURE).toBytes();
        };
    }

    private byte[] identities() {
        var response = new SshBytes().raw(IDENTITIES_RESPONSE).uint32(keys.size());
        keys.forEach(key -> response.string(key.blob()).string("software"));
        return response.toBytes();
    }

    private synchronized byte[] sign(byte[] blob, byte[] message) throws GeneralSecurityException {
        for (SecurityKey key : keys) {
            if (Arrays.equals(key.blob(), blob)) {
                return new SshBytes()
                        .raw(SIGN_RESPONSE)
                        .string(key.signature(message))
                        .toBytes();
            }
        }
        return new SshBytes().raw(FAILURE).toBytes();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
