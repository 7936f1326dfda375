package io.gerve.doctor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Output stream that keeps what is written to it, and fails when that is too much. Safe for use by many threads. */
final class BoundedText extends OutputStream {
    private final int bytesMax;
    private final ByteArrayOutputStream text = new ByteArrayOutputStream();

    BoundedText(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    @Override
    public synchronized void write(int octet) throws IOException {
        if (text.size() == bytesMax) {
            throw new IOException("more than " + bytesMax + " bytes");
        }
        text.write(octet);
    }

    synchronized List<String> lines() {
        return text.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
