package io.gerve.folder;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Standard output of {@code gerve-repository}, which asks for a confirmation with the line {@code ready} before it
 * changes anything, and of which the first 4 KiB are kept. A caller that times out before it confirms knows that nothing will be changed later, however slow the file server is. Safe for use
 * by many threads.
 */
final class StartConfirmation extends OutputStream {
    private static final String READY = "ready";
    private static final int BYTES_MAX = 4096;
    private static final byte[] GO = "go\n".getBytes(US_ASCII);

    private final CountDownLatch asked = new CountDownLatch(1);
    private final AtomicBoolean settled = new AtomicBoolean();
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    @Override
    public synchronized void write(int octet) {
        if (output.size() == BYTES_MAX) {
            return;
        }
        output.write(octet);
        if (octet == '\n' && lines().contains(READY)) {
            asked.countDown();
        }
    }

    synchronized List<String> lines() {
        return output.toString(StandardCharsets.UTF_8).lines().toList();
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
