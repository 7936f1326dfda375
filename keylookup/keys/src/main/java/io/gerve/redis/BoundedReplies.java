package io.gerve.redis;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Stream of Redis replies that fails on a reply which is larger than any that Gerve asks for, before the client
 * allocates memory for it. Whoever writes to Redis could otherwise exhaust a gate's heap with one value or message of
 * hundreds of megabytes. Confined to one thread.
 */
final class BoundedReplies extends FilterInputStream {
    /** A batch of a thousand keys is a tenth of this. */
    static final int BYTES_MAX = 1 << 20;

    static final int ELEMENTS_MAX = 1 << 16;
    /** The client reads aggregates recursively. */
    static final int AGGREGATES_MAX = 64;

    private static final String STRINGS = "$!=";
    private static final String AGGREGATES = "*~>";
    /** Aggregates of pairs. */
    private static final String MAPS = "%|";

    private long bytes;
    private long elements;
    private int aggregates;
    /** Elements of the reply that have not begun yet, or 0 between two replies. */
    private long pending;

    /** Bytes of the current string that are still to come, with its line end. */
    private long stringBytes;

    private boolean isInLine;
    private char type;
    private long number;
    private boolean isNegative;

    BoundedReplies(InputStream in) {
        super(in);
    }

    @Override
    public int read() throws IOException {
        int read = super.read();
        if (read >= 0) {
            consume((char) read);
        }
        return read;
    }

    @Override
    public int read(byte[] buffer, int start, int length) throws IOException {
        int count = super.read(buffer, start, length);
        for (int i = start; i < start + count; i++) {
            consume((char) (buffer[i] & 0xFF));
        }
        return count;
    }

    private void consume(char next) throws IOException {
        bytes++;
        if (stringBytes > 0) {
            stringBytes--;
            endReplyIfComplete();
        } else if (!isInLine) {
            beginLine(next);
        } else if (next == '\n') {
            isInLine = false;
            endLine();
        } else if (next == '-') {
            isNegative = true;
        } else if (next >= '0' && next <= '9' && number <= BYTES_MAX) {
            number = number * 10 + (next - '0');
        }
        requireBounds();
    }

    private void beginLine(char first) {
        isInLine = true;
        type = first;
        number = 0;
        isNegative = false;
        pending = Math.max(pending, 1) - 1;
        elements++;
    }

    private void endLine() {
        boolean isSized = !isNegative && number > 0;
        if (isSized && STRINGS.indexOf(type) >= 0) {
            stringBytes = number + 2;
        } else if (isSized && AGGREGATES.indexOf(type) >= 0) {
            aggregates++;
            pending += number;
        } else if (isSized && MAPS.indexOf(type) >= 0) {
            aggregates++;
            pending += 2 * number;
        }
        endReplyIfComplete();
    }

    private void endReplyIfComplete() {
        if (pending == 0 && stringBytes == 0) {
            bytes = 0;
            elements = 0;
            aggregates = 0;
        }
    }

    private void requireBounds() throws IOException {
        if (bytes + stringBytes > BYTES_MAX || elements + pending > ELEMENTS_MAX || aggregates > AGGREGATES_MAX) {
            throw new IOException("Redis sent a reply that is larger than any that Gerve asks for");
        }
    }
}
