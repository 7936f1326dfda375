package io.gerve.relay;

import io.gerve.request.TransferMonitor;
import java.io.IOException;
import java.io.OutputStream;

/** One of the client's two output streams, counted. The first byte settles which file server answers. */
public final class ClientOutput extends OutputStream {
    private final OutputStream stream;
    private final TransferMonitor traffic;
    private final Runnable onFirstByte;
    private final Observer observer;
    private volatile boolean started;
    private volatile boolean gone;

    /** Sees bytes on their way. */
    @FunctionalInterface
    public interface Observer {
        void observe(byte[] bytes, int start, int length);
    }

    private ClientOutput(OutputStream stream, TransferMonitor traffic, Runnable whenStarted, Observer watch) {
        this.stream = stream;
        this.traffic = traffic;
        this.onFirstByte = whenStarted;
        this.observer = watch;
    }

    /** @param whenStarted is called before the first byte goes out */
    static ClientOutput stdout(OutputStream stream, TransferMonitor traffic, Runnable whenStarted) {
        return new ClientOutput(stream, traffic, whenStarted, traffic::peek);
    }

    /** @param whenStarted is called before the first byte goes out */
    static ClientOutput stderr(OutputStream stream, TransferMonitor traffic, Runnable whenStarted) {
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
            onFirstByte.run();
        }
        // Before: what the file server says became of a push is so, whether its client still hears it or not.
        observer.observe(bytes, offset, length);
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
