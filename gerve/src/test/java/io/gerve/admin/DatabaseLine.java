package io.gerve.admin;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** The line to a database, which can be made to break at the next commit: before the database has read it, or before its answer is back. */
final class DatabaseLine implements AutoCloseable {
    /** A command to run a text; MySQL has a count of attributes in between. */
    private static final Pattern COMMIT = Pattern.compile("(?i)\u0003(\u0000\u0001)?COMMIT\\z");

    private final ServerSocket listener;
    private final int serverPort;
    private volatile Break next = Break.NONE;

    enum Break {
        NONE,
        BEFORE_COMMIT,
        AFTER_COMMIT
    }

    DatabaseLine(int serverPort) throws IOException {
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.serverPort = serverPort;
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    void breakOnce(Break when) {
        next = when;
    }

    /** No break is left that did not happen. */
    boolean brokeAsTold() {
        return next == Break.NONE;
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
            // Closed: the test is over.
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
                boolean commits = COMMIT.matcher(text).find() && next != Break.NONE;
                if (commits && takeBreak() == Break.BEFORE_COMMIT) {
                    return;
                }
                to.write(buffer, 0, read);
                if (commits) {
                    client.close();
                    // The database ends the connection once it has done what it was sent.
                    server.shutdownOutput();
                    server.getInputStream().transferTo(OutputStream.nullOutputStream());
                    return;
                }
            }
        } catch (IOException _) {
            // One of the two hung up.
        }
    }

    private synchronized Break takeBreak() {
        Break taken = next;
        next = Break.NONE;
        return taken;
    }

    private static void copy(Socket server, Socket client) {
        try {
            server.getInputStream().transferTo(client.getOutputStream());
        } catch (IOException _) {
            // One of the two hung up.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
