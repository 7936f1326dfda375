package io.gerve.push;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Buffer for the beginning of each pkt-line. Its size is fixed, whatever a peer sends. */
final class PktLineBuffer implements PktLineReader.Handler {
    /**
     * Number of bytes kept of each line. Longer lines are truncated; a ref name has at most 4 KiB, by the path limit of
     * git.
     */
    static final int KEPT_MAX = 1024;

    private final byte[] kept = new byte[KEPT_MAX];
    private final Consumer<String> line;
    private final Runnable flush;
    private int length;

    /**
     * @param line receives the beginning of each line, each byte as one character (ISO 8859-1), without a trailing
     *     newline
     */
    PktLineBuffer(Consumer<String> line, Runnable flush) {
        this.line = line;
        this.flush = flush;
    }

    @Override
    public void data(byte[] bytes, int start, int count) {
        int fitting = Math.min(count, KEPT_MAX - length);
        System.arraycopy(bytes, start, kept, length, fitting);
        length += fitting;
    }

    @Override
    public void endOfLine() {
        int end = length > 0 && kept[length - 1] == '\n' ? length - 1 : length;
        length = 0;
        line.accept(new String(kept, 0, end, StandardCharsets.ISO_8859_1));
    }

    @Override
    public void flush() {
        flush.run();
    }
}
