package io.gerve.relay;

import io.gerve.request.TransferMonitor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copier of the client's bytes to the file server, on a virtual thread. It keeps what the client sent until the file
 * server sends its first byte, so that the same bytes can be sent to another host.
 */
final class ClientInput {
    private static final Logger LOG = LoggerFactory.getLogger(ClientInput.class);
    private static final int CHUNK_BYTES = 32 * 1024;
    private static final int REPLAY_BYTES_MAX = 64 * 1024;

    private final InputStream stream;
    private final TransferMonitor transfer;
    private final Runnable onGone;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition stateChanged = lock.newCondition();
    private ByteArrayOutputStream replayBuffer = new ByteArrayOutputStream();
    private boolean replayable = true;
    private boolean connected;
    private boolean stopped;
    private boolean ended;
    private OutputStream target = OutputStream.nullOutputStream();
    private volatile boolean outputStarted;

    /** @param onGone called once if the client disconnects without an end of file */
    ClientInput(InputStream stream, TransferMonitor transfer, Runnable onGone) {
        this.stream = stream;
        this.transfer = transfer;
        this.onGone = onGone;
    }

    /**
     * Starts copying. The thread ends at the end of file or when the client is gone; the frontend ensures that one of
     * them happens.
     */
    void start(String name) {
        Thread.ofVirtual().name(name).start(this::pump);
    }

    /**
     * Returns whether all bytes of the client were kept, so that {@link #forwardTo} can still send them to another
     * host.
     */
    boolean isReplayable() {
        lock.lock();
        try {
            return replayable;
        } finally {
            lock.unlock();
        }
    }

    boolean isEmpty() {
        lock.lock();
        try {
            return replayable && replayBuffer.size() == 0;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Stops keeping bytes, because the client is about to receive its first byte and no other host will be used. Never
     * blocks.
     */
    void stopKeeping() {
        outputStarted = true;
    }

    /** Ends the wait for a target: none will be set any more. */
    void stop() {
        lock.lock();
        try {
            stopped = true;
            stateChanged.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Sets the target of the bytes, which first receives the bytes that were kept. The previous target must be closed,
     * so that no write to it blocks.
     */
    void forwardTo(OutputStream next) {
        lock.lock();
        try {
            target = next;
            byte[] kept = replayBuffer.toByteArray();
            deliver(kept, kept.length);
            if (ended) {
                close();
            }
            connected = true;
            stateChanged.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void pump() {
        byte[] chunk = new byte[CHUNK_BYTES];
        try {
            for (int length = stream.read(chunk); length >= 0; length = stream.read(chunk)) {
                transfer.in(chunk, 0, length);
                pass(chunk, length);
            }
            end();
        } catch (IOException e) {
            LOG.debug("client disconnected", e);
            onGone.run();
        }
    }

    private void pass(byte[] chunk, int length) {
        lock.lock();
        try {
            boolean kept = canKeep(length);
            // The client may answer the first bytes of a command before the command is set as the target. The answer is
            // not kept, so it waits for the target.
            while (!kept && !connected && !stopped) {
                stateChanged.awaitUninterruptibly();
            }
            if (kept) {
                replayBuffer.write(chunk, 0, length);
            } else if (replayable) {
                replayable = false;
                replayBuffer = new ByteArrayOutputStream(0);
            }
            deliver(chunk, length);
        } finally {
            lock.unlock();
        }
    }

    private boolean canKeep(int length) {
        return !outputStarted && replayable && replayBuffer.size() + length <= REPLAY_BYTES_MAX;
    }

    private void end() {
        lock.lock();
        try {
            ended = true;
            close();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Writes to the target. A failure is ignored: the command has ended or is about to, and its exit decides the
     * outcome of the request.
     */
    private void deliver(byte[] bytes, int length) {
        try {
            target.write(bytes, 0, length);
            target.flush();
        } catch (IOException e) {
            LOG.debug("write to the file server failed", e);
        }
    }

    private void close() {
        try {
            target.close();
        } catch (IOException e) {
            LOG.debug("end of file to the file server failed", e);
        }
    }
}
