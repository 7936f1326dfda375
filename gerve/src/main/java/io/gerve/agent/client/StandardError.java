package io.gerve.agent.client;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Output to the standard streams in UTF-8, whatever the locale. */
final class StandardError {
    private StandardError() {}

    static void print(String text) {
        write(FileDescriptor.err, text);
    }

    static void write(FileDescriptor to, String text) {
        // Not closed: the stream belongs to the process.
        @SuppressWarnings("resource")
        var stream = new FileOutputStream(to);
        try {
            stream.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException _) {
            // Nobody reads the stream, and there is no other place to report the failure.
        }
    }
}
