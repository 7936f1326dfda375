package io.gerve.cli.fileserver;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Output stream that keeps the printable ASCII of the first line, at most 300 bytes. */
final class FirstLine extends OutputStream {
    private static final int BYTES_MAX = 300;

    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private boolean ended;

    @Override
    public synchronized void write(int octet) {
        ended |= octet == '\n' || line.size() == BYTES_MAX;
        if (!ended && octet >= ' ' && octet < 0x7f) {
            line.write(octet);
        }
    }

    synchronized String text() {
        return line.size() == 0 ? "without a message" : line.toString(StandardCharsets.US_ASCII);
    }
}
