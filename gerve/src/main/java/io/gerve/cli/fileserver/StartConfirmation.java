package io.gerve.cli.fileserver;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Confirmation that {@code gerve-repository} asks for with its first line before it changes anything. A caller that
 * times out before it confirms knows that nothing will be changed later, however slow the file server is. Safe for use
 * by many threads.
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

    /** Waits for the request, and confirms unless {@link #withhold} came first. */
    void confirmWhenAsked(OutputStream stdin) throws IOException, InterruptedException {
        asked.await();
        if (settled.compareAndSet(false, true)) {
            stdin.write(GO);
            stdin.flush();
        }
    }

    /** Withholds the confirmation. Returns false if it was sent already. */
    boolean withhold() {
        return settled.compareAndSet(false, true);
    }
}
