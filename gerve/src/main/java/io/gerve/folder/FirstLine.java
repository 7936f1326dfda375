package io.gerve.folder;

import io.gerve.logging.TextEscaper;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Output stream that keeps the first line, at most 300 bytes. */
final class FirstLine extends OutputStream {
    private static final int BYTES_MAX = 300;

    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private boolean ended;

    @Override
    public synchronized void write(int octet) {
        ended |= octet == '\n' || line.size() == BYTES_MAX;
        if (!ended) {
            line.write(octet);
        }
    }

    /** Returns the line, escaped. */
    synchronized String text() {
        return line.size() == 0
                ? "without a message"
                : TextEscaper.oneLine(line.toString(StandardCharsets.UTF_8).strip());
    }
}
