package io.gerve.cli.fileserver;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The output of {@code gerve-repository}, which asks with its first line whether it may begin, and the answer. Until that is given, who
 * gives up knows that nothing will be changed behind its back, however slow the file server is. Safe for use by many threads.
 */
final class StartConfirmation extends OutputStream {
    private static final byte[] GO = "go\n".getBytes(US_ASCII);

    private final CountDownLatch asked = new CountDownLatch(1);
    private final AtomicBoolean settled = new AtomicBoolean();

    @Override
    public void write(int octet) {
        if (octet == '\n') {
            asked.countDown();
        }
    }

    /** Waits for the question, and gives the answer unless it was withheld. */
    void giveWhenAsked(OutputStream stdin) throws IOException, InterruptedException {
        asked.await();
        if (settled.compareAndSet(false, true)) {
            stdin.write(GO);
            stdin.flush();
        }
    }

    /** @return true if it was not given, and never will be */
    boolean withhold() {
        return settled.compareAndSet(false, true);
    }
}
