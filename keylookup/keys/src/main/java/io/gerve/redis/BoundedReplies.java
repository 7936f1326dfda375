package io.gerve.redis;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * Stream of Redis replies that fails on a reply which is larger than any that Gerve asks for, before the client
 * allocates memory for it. Whoever writes to Redis, or is Redis, could otherwise exhaust a gate's heap with one value
 * or message of hundreds of megabytes. The client reads malformed lengths and lines in its own way, so they are
 * refused, as are kinds of replies that Gerve never asks for. Confined to one thread.
 */
final class BoundedReplies extends FilterInputStream {
    /** A batch of a thousand keys is a tenth of this. */
    static final int BYTES_MAX = 1 << 20;

    static final int ELEMENTS_MAX = 1 << 16;
    /** The client reads aggregates recursively. */
    static final int AGGREGATES_MAX = 64;

    private static final String STRINGS = "$=";
    private static final String AGGREGATES = "*~";
    /** Aggregate of pairs. */
    private static final char MAP = '%';
    /** Types whose line is a length. */
    private static final String SIZED = STRINGS + AGGREGATES + MAP;
    /** Types whose line is the value. A big number is not among them: the client takes the square of its length to read it. */
    private static final String SIMPLE = "+-:_";

    /** The client keeps a line as a message. The longest that Gerve needs, about protected mode, is a quarter of this. */
    static final int LINE_CHARACTERS_MAX = 4096;

    private static final Pattern LENGTH = Pattern.compile("-1|[0-9]{1,10}");
    private static final int LENGTH_CHARACTERS_MAX = 10;

    private long bytes;
    private long elements;
    private int aggregates;
    /** Elements of the reply that have not begun yet, or 0 between two replies. */
    private long pending;

    /** Bytes of the current string that are still to come, with its line end. */
    private long stringBytes;

    /** Time of the first byte of the current reply. */
    private long began;

    private int lineCharacters;
    private boolean isInLine;
    private boolean isLineEnding;
    private char type;
    private final StringBuilder length = new StringBuilder();

    BoundedReplies(InputStream in) {
        super(in);
    }

    /** Returns the time since the first byte of a reply that is not complete yet, or zero between two replies. */
    Duration age() {
        return bytes == 0 ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - began);
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
        if (bytes == 0) {
            began = System.nanoTime();
        }
        bytes++;
        if (stringBytes > 0) {
            stringBytes--;
            endReplyIfComplete();
        } else if (!isInLine) {
            beginLine(next);
        } else if (isLineEnding || next == '\n') {
            endLine(next);
        } else if (next == '\r') {
            isLineEnding = true;
        } else if (SIZED.indexOf(type) >= 0) {
            length.append(next);
            require(length.length() <= LENGTH_CHARACTERS_MAX, "a malformed length");
        } else {
            lineCharacters++;
            require(lineCharacters <= LINE_CHARACTERS_MAX, "a line that is longer than any that Gerve asks for");
        }
        require(
                bytes + stringBytes <= BYTES_MAX && elements + pending <= ELEMENTS_MAX && aggregates <= AGGREGATES_MAX,
                "a reply that is larger than any that Gerve asks for");
    }

    private void beginLine(char first) throws IOException {
        require(SIZED.indexOf(first) >= 0 || SIMPLE.indexOf(first) >= 0, "a reply of an unknown type");
        isInLine = true;
        type = first;
        length.setLength(0);
        lineCharacters = 0;
        pending = Math.max(pending, 1) - 1;
        elements++;
    }

    private void endLine(char last) throws IOException {
        require(isLineEnding && last == '\n', "a malformed line end");
        isLineEnding = false;
        isInLine = false;
        if (SIZED.indexOf(type) >= 0) {
            require(LENGTH.matcher(length).matches(), "a malformed length");
            beginContent(Long.parseLong(length, 0, length.length(), 10));
        }
        endReplyIfComplete();
    }

    /** @param size -1 for null */
    private void beginContent(long size) {
        if (STRINGS.indexOf(type) >= 0 && size >= 0) {
            stringBytes = size + 2;
        } else if (size > 0) {
            aggregates++;
            pending += type == MAP ? 2 * size : size;
        }
    }

    private void endReplyIfComplete() {
        if (pending == 0 && stringBytes == 0) {
            bytes = 0;
            elements = 0;
            aggregates = 0;
        }
    }

    private static void require(boolean isValid, String otherwise) throws IOException {
        if (!isValid) {
            throw new IOException("Redis sent " + otherwise);
        }
    }
}
