package io.gerve.keyservice;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Client on a raw socket, with a loopback address of its own. */
final class HostileClient implements AutoCloseable {
    private static final int CUT_TIMEOUT_MILLIS = 60_000;
    private static final int OPEN_TIMEOUT_MILLIS = 200;

    private final Socket socket = new Socket();

    /** @param from the client's address, within 127.0.0.0/8 */
    HostileClient(URI url, String from) throws IOException {
        // A small window, so that a response that is not read soon blocks the server.
        socket.setReceiveBufferSize(4096);
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
        socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), url.getPort()));
    }

    /** Returns a client that sent the headers of a form and one byte of its body. */
    static HostileClient withHalfForm(URI url, String from, String... headers) throws IOException {
        return new HostileClient(url, from)
                .send("POST /settings/sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n"
                        + "Content-Type: application/x-www-form-urlencoded\r\n" + String.join("", headers) + "\r\nt");
    }

    /** Returns a client that sent a part of the headers. */
    static HostileClient withHalfHeaders(URI url, String from) throws IOException {
        return new HostileClient(url, from).send("GET /settings HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ");
    }

    /** Sends the text, one byte for each character. */
    HostileClient send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    /** Waits at most 60 s for the server to close the connection. Drops what the server sends. */
    boolean isCut() throws IOException {
        return isCutWithin(CUT_TIMEOUT_MILLIS);
    }

    boolean isOpen() throws IOException {
        return !isCutWithin(OPEN_TIMEOUT_MILLIS);
    }

    private boolean isCutWithin(int millis) throws IOException {
        socket.setSoTimeout(millis);
        try {
            InputStream in = socket.getInputStream();
            while (in.read() >= 0) {}
            return true;
        } catch (SocketTimeoutException _) {
            return false;
        } catch (IOException _) {
            return true;
        }
    }

    /** Leaves, and waits until the server has closed the connection too. */
    void leave() throws IOException {
        try {
            socket.shutdownOutput();
        } catch (SocketException _) {
            // The server has closed the connection already.
        }
        isCut();
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
