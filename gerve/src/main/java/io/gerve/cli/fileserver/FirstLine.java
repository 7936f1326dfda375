package io.gerve.cli.fileserver;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Keeps the first line that is written, as far as it is printable ASCII, and 300 bytes of it at most. */
final class FirstLine extends OutputStream {
    private static final int BYTES_MAX = 300;

    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private boolean over;

    @Override
    public synchronized void write(int octet) {
        over |= octet == '\n' || line.size() == BYTES_MAX;
        if (!over && octet >= ' ' && octet < 0x7f) {
            line.write(octet);
        }
    }

    synchronized String text() {
        return line.size() == 0 ? "it did not say why" : line.toString(StandardCharsets.US_ASCII);
    }
}
