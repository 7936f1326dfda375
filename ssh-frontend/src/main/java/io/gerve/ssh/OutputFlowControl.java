package io.gerve.ssh;

import java.net.SocketTimeoutException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Flow control for the stdout and stderr of one command. It serializes their use of the channel's window, which they
 * share, and bounds the bytes that wait for the socket, because a client may grant a window of 4 GiB and then not read.
 */
final class OutputFlowControl {
    private static final int UNSENT_MAX = 1 << 17;

    private final ReentrantLock lock = new ReentrantLock();
    private final Semaphore unsent = new Semaphore(UNSENT_MAX);

    /**
     * Acquires the window, which the caller must release. An interrupted thread can acquire it if no wait is needed, so
     * that it can still write its final message.
     */
    void acquire(long time, TimeUnit unit) throws InterruptedException, SocketTimeoutException {
        if (!lock.tryLock() && !lock.tryLock(time, unit)) {
            throw new SocketTimeoutException("The client has not read any output for too long");
        }
    }

    void release() {
        lock.unlock();
    }

    void addUnsent(int bytes, long time, TimeUnit unit) throws InterruptedException, SocketTimeoutException {
        if (!unsent.tryAcquire(bytes) && !unsent.tryAcquire(bytes, time, unit)) {
            throw new SocketTimeoutException("The client has not read any output for too long");
        }
    }

    void sent(int bytes) {
        unsent.release(bytes);
    }
}
