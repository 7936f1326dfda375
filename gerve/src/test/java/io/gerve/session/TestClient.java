package io.gerve.session;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gerve.request.ClientStreams;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;

/** In-memory client, as a frontend presents one. */
public final class TestClient implements ClientStreams, AutoCloseable {
    private final InputStream stdin;
    private final BoundedOutput stdout;
    private final BoundedOutput stderr = new BoundedOutput(Integer.MAX_VALUE);
    private final CountDownLatch gone;

    private TestClient(InputStream stdin, CountDownLatch gone, int stdoutBytesMax) {
        this.stdin = stdin;
        this.gone = gone;
        this.stdout = new BoundedOutput(stdoutBytesMax);
    }

    /** Returns a client that sends a text and then an end of file. */
    public static TestClient sending(String text) {
        return new TestClient(new ByteArrayInputStream(text.getBytes(UTF_8)), new CountDownLatch(1), Integer.MAX_VALUE);
    }

    /** Returns a client that sends nothing and stays connected. */
    public static TestClient silent() {
        var gone = new CountDownLatch(1);
        return new TestClient(new SilentInput(gone), gone, Integer.MAX_VALUE);
    }

    /** Returns a client that sends nothing and fails to read after the given number of bytes. */
    public static TestClient goneAfter(int bytes) {
        var gone = new CountDownLatch(1);
        return new TestClient(new SilentInput(gone), gone, bytes);
    }

    /** Disconnects without an end of file. */
    public void disconnect() {
        gone.countDown();
    }

    public String stdoutText() {
        return stdout.text();
    }

    public String stderrText() {
        return stderr.text();
    }

    @Override
    public InputStream stdin() {
        return stdin;
    }

    @Override
    public OutputStream stdout() {
        return stdout;
    }

    @Override
    public OutputStream stderr() {
        return stderr;
    }

    @Override
    public void close() {
        disconnect();
    }

    private static final class SilentInput extends InputStream {
        private final CountDownLatch gone;

        SilentInput(CountDownLatch gone) {
            this.gone = gone;
        }

        @Override
        public int read() throws IOException {
            return read(new byte[1], 0, 1);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                gone.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new IOException("the client is gone");
        }
    }

    private static final class BoundedOutput extends OutputStream {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final int bytesMax;

        BoundedOutput(int bytesMax) {
            this.bytesMax = bytesMax;
        }

        String text() {
            return bytes.toString(UTF_8);
        }

        @Override
        public void write(int b) throws IOException {
            if (bytes.size() >= bytesMax) {
                throw new IOException("the client is gone");
            }
            bytes.write(b);
        }
    }
}
