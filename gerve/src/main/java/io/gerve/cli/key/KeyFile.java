package io.gerve.cli.key;

import io.gerve.admin.ChangeRefused;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** File that keys are read from. At most 64 MiB. */
final class KeyFile {
    private static final int BYTES_MAX = 64 << 20;

    private KeyFile() {}

    /**
     * Returns the text of the file.
     *
     * @param file {@code -} for standard input
     */
    static String text(Path file) throws ChangeRefused {
        try (InputStream in = file.toString().equals("-") ? System.in : Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(BYTES_MAX + 1);
            if (bytes.length > BYTES_MAX) {
                throw new ChangeRefused(file + " is too large for a file of keys: the limit is 64 MiB.");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw new ChangeRefused("There is no file " + file + ".");
        } catch (IOException e) {
            throw new ChangeRefused("Cannot read " + file + ": " + e.getMessage());
        }
    }
}
