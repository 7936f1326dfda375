package io.gerve.sql;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Text files of this module. */
final class SqlResource {
    private SqlResource() {}

    /** @param name the path relative to this package: {@code database-rights.sql} */
    static String text(String name) {
        try (var file = SqlResource.class.getResourceAsStream(name)) {
            if (file == null) {
                throw new IllegalStateException("the program lacks its file " + name);
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
