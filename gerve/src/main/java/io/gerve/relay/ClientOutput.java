package io.gerve.relay;

import io.gerve.request.TransferMonitor;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Counting output stream to stdout or stderr of the client. After its first byte the request stays on its file server.
 */
public final class ClientOutput extends OutputStream {
    private final OutputStream stream;
    private final TransferMonitor transfer;
    private final Runnable onFirstByte;
    private final Observer observer;
    private volatile boolean started;
    private volatile boolean gone;

    /** Observer of the bytes that are written. */
    @FunctionalInterface
    public interface Observer {
        void observe(byte[] bytes, int start, int length);
    }

    private ClientOutput(OutputStream stream, TransferMonitor transfer, Runnable onFirstByte, Observer observer) {
        this.stream = stream;
        this.transfer = transfer;
        this.onFirstByte = onFirstByte;
        this.observer = observer;
    }

    /** @param onFirstByte called before the first byte is written */
    static ClientOutput stdout(OutputStream stream, TransferMonitor transfer, Runnable onFirstByte) {
        return new ClientOutput(stream, transfer, onFirstByte, transfer::peek);
    }

    /** @param onFirstByte called before the first byte is written */
    static ClientOutput stderr(OutputStream stream, TransferMonitor transfer, Runnable onFirstByte) {
        return new ClientOutput(stream, transfer, onFirstByte, (_, _, _) -> {});
    }

    /** Returns whether the client may have received a byte. */
    boolean isStarted() {
        return started;
    }

    /** Returns whether a write to the client failed. */
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
        // Observed before the write: the report of a push is valid even if its client is gone.
        observer.observe(bytes, offset, length);
        try {
            stream.write(bytes, offset, length);
        } catch (IOException e) {
            gone = true;
            throw e;
        }
        transfer.out(length);
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
