package io.gerve.push;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Gathers the beginning of each pkt-line; nothing that a peer sends makes it larger. */
final class PktLineBuffer implements PktLineReader.Sink {
    /** git's own limit for a ref is 4 KiB of path on disk; what is longer is told by its beginning. */
    static final int KEPT_MAX = 1024;

    private final byte[] kept = new byte[KEPT_MAX];
    private final Consumer<String> line;
    private final Runnable flush;
    private int length;

    /** @param line is given each line's beginning, each byte as one character (ISO 8859-1), without the newline at its end */
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
