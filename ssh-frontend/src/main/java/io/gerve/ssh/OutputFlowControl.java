package io.gerve.ssh;

import java.net.SocketTimeoutException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets a command's stdout and stderr take turns at the window that they share, and bounds what stands before the socket: a client may
 * grant a window of 4 GiB and then not read.
 */
final class OutputFlowControl {
    private static final int UNSENT_MAX = 1 << 17;

    private final ReentrantLock lock = new ReentrantLock();
    private final Semaphore unsent = new Semaphore(UNSENT_MAX);

    /** Waits only if it must, so that an interrupted thread can still say a last word. */
    void acquire(long time, TimeUnit unit) throws InterruptedException, SocketTimeoutException {
        if (!lock.tryLock() && !lock.tryLock(time, unit)) {
            throw new SocketTimeoutException("the client has read nothing for too long");
        }
    }

    void release() {
        lock.unlock();
    }

    void addUnsent(int bytes, long time, TimeUnit unit) throws InterruptedException, SocketTimeoutException {
        if (!unsent.tryAcquire(bytes) && !unsent.tryAcquire(bytes, time, unit)) {
            throw new SocketTimeoutException("the client has read nothing for too long");
        }
    }

    void sent(int bytes) {
        unsent.release(bytes);
    }
}
