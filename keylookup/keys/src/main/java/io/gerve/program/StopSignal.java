package io.gerve.program;

import java.util.concurrent.CountDownLatch;

/**
 * Lets a program end in order when it is told to (SIGTERM, SIGINT): the signal ends the wait, and the process lives on until the program has
 * closed this.
 */
public final class StopSignal implements AutoCloseable {
    private final CountDownLatch requested = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    public StopSignal() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop"));
    }

    public void await() throws InterruptedException {
        requested.await();
    }

    private void stop() {
        requested.countDown();
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The program has ended in order. */
    @Override
    public void close() {
        ended.countDown();
    }
}
