package io.gerve.session;

import java.io.IOException;
import java.io.OutputStream;

/** One of the client's two output streams, counted. The first byte settles which file server answers. */
final class ClientOutput extends OutputStream {
    private final OutputStream stream;
    private final Traffic traffic;
    private final Runnable whenStarted;
    private volatile boolean started;
    private volatile boolean gone;

    /** @param whenStarted is called before the first byte goes out */
    ClientOutput(OutputStream stream, Traffic traffic, Runnable whenStarted) {
        this.stream = stream;
        this.traffic = traffic;
        this.whenStarted = whenStarted;
    }

    /** Whether the client may have got a byte. */
    boolean isStarted() {
        return started;
    }

    /** Whether the client did not take what was written. */
    boolean isGone() {
        return gone;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (!started) {
            started = true;
            whenStarted.run();
        }
        try {
            stream.write(bytes, offset, length);
        } catch (IOException e) {
            gone = true;
            throw e;
        }
        traffic.out(length);
    }

    @Override
    public void flush() throws IOException {
        try {
            stream.flush();
        } catch (IOException e) {
            gone = true;
            throw e;
        }
    }
}
