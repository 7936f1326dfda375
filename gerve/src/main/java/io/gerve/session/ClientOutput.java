package io.gerve.session;

import java.io.IOException;
import java.io.OutputStream;

/** One of the client's two output streams, counted. The first byte settles which file server answers. */
final class ClientOutput extends OutputStream {
    private final OutputStream stream;
    private final Traffic traffic;
    private final Runnable whenStarted;
    private final Watch watch;
    private volatile boolean started;
    private volatile boolean gone;

    /** Sees bytes on their way. */
    @FunctionalInterface
    interface Watch {
        void see(byte[] bytes, int start, int length);
    }

    private ClientOutput(OutputStream stream, Traffic traffic, Runnable whenStarted, Watch watch) {
        this.stream = stream;
        this.traffic = traffic;
        this.whenStarted = whenStarted;
        this.watch = watch;
    }

    /** @param whenStarted is called before the first byte goes out */
    static ClientOutput stdout(OutputStream stream, Traffic traffic, Runnable whenStarted) {
        return new ClientOutput(stream, traffic, whenStarted, traffic::offered);
    }

    /** @param whenStarted is called before the first byte goes out */
    static ClientOutput stderr(OutputStream stream, Traffic traffic, Runnable whenStarted) {
        return new ClientOutput(stream, traffic, whenStarted, (_, _, _) -> {});
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
        // Before: what the file server says became of a push is so, whether its client still hears it or not.
        watch.see(bytes, offset, length);
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
