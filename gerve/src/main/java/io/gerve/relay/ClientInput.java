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
 * Carries the client's bytes to the file server, on a virtual thread of its own. What was sent before the file server's first byte came
 * back is kept, so that another host can be given the same.
 */
final class ClientInput {
    private static final Logger LOG = LoggerFactory.getLogger(ClientInput.class);
    private static final int PIECE = 32 * 1024;
    private static final int REPLAY_MAX = 64 * 1024;

    private final InputStream stream;
    private final TransferMonitor traffic;
    private final Runnable onGone;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition stateChanged = lock.newCondition();
    private ByteArrayOutputStream replayBuffer = new ByteArrayOutputStream();
    private boolean replayable = true;
    private boolean connected;
    private boolean over;
    private boolean ended;
    private OutputStream target = OutputStream.nullOutputStream();
    private volatile boolean settled;
    private volatile boolean gone;

    /** @param whenGone is called once if the client goes away without an end of file */
    ClientInput(InputStream stream, TransferMonitor traffic, Runnable whenGone) {
        this.stream = stream;
        this.traffic = traffic;
        this.onGone = whenGone;
    }

    /** Ends by itself when the client sent its end of file or is gone; the door makes sure of one or the other. */
    void start(String name) {
        Thread.ofVirtual().name(name).start(this::pump);
    }

    boolean isGone() {
        return gone;
    }

    /** Whether nothing that the client sent was dropped, so that {@link #forwardTo} can still give another host all of it. */
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

    /** The client gets its first byte, so that no other host will ever be given what it sent. Never waits. */
    void stopKeeping() {
        settled = true;
    }

    /** Nobody will be joined any more. */
    void stop() {
        lock.lock();
        try {
            over = true;
            stateChanged.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** From now on the bytes go here, those that were kept first. The earlier target must be closed, so that no write waits for it. */
    void forwardTo(OutputStream next) {
        lock.lock();
        try {
            target = next;
            byte[] before = replayBuffer.toByteArray();
            deliver(before, before.length);
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
        byte[] piece = new byte[PIECE];
        try {
            for (int length = stream.read(piece); length >= 0; length = stream.read(piece)) {
                traffic.in(piece, 0, length);
                pass(piece, length);
            }
            end();
        } catch (IOException e) {
            LOG.debug("the client went away", e);
            gone = true;
            onGone.run();
        }
    }

    private void pass(byte[] piece, int length) {
        lock.lock();
        try {
            boolean keeps = mayKeep(length);
            // The answer to a command's first bytes may come before the command is joined: it is not kept, and waits.
            while (!keeps && !connected && !over) {
                stateChanged.awaitUninterruptibly();
            }
            if (keeps) {
                replayBuffer.write(piece, 0, length);
            } else if (replayable) {
                replayable = false;
                replayBuffer = new ByteArrayOutputStream(0);
            }
            deliver(piece, length);
        } finally {
            lock.unlock();
        }
    }

    private boolean mayKeep(int length) {
        return !settled && replayable && replayBuffer.size() + length <= REPLAY_MAX;
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

    /** A command that no longer reads has ended, or is about to: its ending says so, and decides what becomes of the request. */
    private void deliver(byte[] bytes, int length) {
        try {
            target.write(bytes, 0, length);
            target.flush();
        } catch (IOException e) {
            LOG.debug("the file server took no more", e);
        }
    }

    private void close() {
        try {
            target.close();
        } catch (IOException e) {
            LOG.debug("the file server took no end of file", e);
        }
    }
}
