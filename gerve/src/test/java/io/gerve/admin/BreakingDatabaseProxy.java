package io.gerve.admin;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Proxy for a database connection that can be made to break at the nextBreak commit, either before the database has
 * read it or before its answer returns.
 */
final class BreakingDatabaseProxy implements AutoCloseable {
    /** A COM_QUERY packet with COMMIT. MySQL puts a count of attributes in between. */
    private static final Pattern COMMIT = Pattern.compile("(?i)\u0003(\u0000\u0001)?COMMIT\\z");

    private final ServerSocket listener;
    private final int serverPort;
    private volatile Break nextBreak = Break.NONE;

    enum Break {
        NONE,
        BEFORE_COMMIT,
        AFTER_COMMIT
    }

    BreakingDatabaseProxy(int serverPort) throws IOException {
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.serverPort = serverPort;
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    void breakAtNextCommit(Break when) {
        nextBreak = when;
    }

    /** Returns whether every requested break happened. */
    boolean hasBroken() {
        return nextBreak == Break.NONE;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                var server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
                Thread.ofVirtual().start(() -> forward(client, server));
                Thread.ofVirtual().start(() -> copy(server, client));
            }
        } catch (IOException _) {
            // The listener was closed at the end of the test.
        }
    }

    private void forward(Socket client, Socket server) {
        var buffer = new byte[65_536];
        try (client;
                server) {
            InputStream from = client.getInputStream();
            OutputStream to = server.getOutputStream();
            for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
                String text = new String(buffer, 0, read, StandardCharsets.ISO_8859_1);
                boolean commits = COMMIT.matcher(text).find() && nextBreak != Break.NONE;
                if (commits && takeBreak() == Break.BEFORE_COMMIT) {
                    return;
                }
                to.write(buffer, 0, read);
                if (commits) {
                    client.close();
                    // The database closes the connection after it has executed the commit.
                    server.shutdownOutput();
                    server.getInputStream().transferTo(OutputStream.nullOutputStream());
                    return;
                }
            }
        } catch (IOException _) {
            // One side closed the connection.
        }
    }

    private synchronized Break takeBreak() {
        Break taken = nextBreak;
        nextBreak = Break.NONE;
        return taken;
    }

    private static void copy(Socket server, Socket client) {
        try {
            server.getInputStream().transferTo(client.getOutputStream());
        } catch (IOException _) {
            // One side closed the connection.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
