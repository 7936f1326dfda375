package io.gerve.program;

import java.util.concurrent.CountDownLatch;

/**
 * Wait for SIGTERM or SIGINT that lets a program shut down in order. The signal ends {@link #await}, and the process
 * continues until the program calls {@link #close}.
 */
public final class StopSignal implements AutoCloseable {
    private final CountDownLatch requested = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    public StopSignal() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop-signal"));
    }

    /** Waits for a signal. */
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

    /** Lets the process exit after an orderly shutdown. */
    @Override
    public void close() {
        ended.countDown();
    }
}
