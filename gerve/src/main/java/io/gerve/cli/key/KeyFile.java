package io.gerve.cli.key;

import io.gerve.admin.ChangeRefused;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** File that keys are read from, in UTF-8 or, as PowerShell writes it, in UTF-16. At most 64 MiB. */
final class KeyFile {
    private static final int BYTES_MAX = 64 << 20;
    private static final char BYTE_ORDER_MARK = '\ufeff';

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
            return decoded(bytes);
        } catch (NoSuchFileException e) {
            throw new ChangeRefused("There is no file " + file + ".");
        } catch (IOException e) {
            throw new ChangeRefused("Cannot read " + file + ": " + e.getMessage());
        }
    }

    /** Decodes the text without its byte order mark. A key begins with ASCII, which in UTF-16 has a zero byte. */
    private static String decoded(byte[] bytes) {
        String text = new String(bytes, encoding(bytes));
        return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
    }

    private static Charset encoding(byte[] bytes) {
        if (bytes.length < 2) {
            return StandardCharsets.UTF_8;
        }
        if (bytes[1] == 0 || (bytes[0] == (byte) 0xff && bytes[1] == (byte) 0xfe)) {
            return StandardCharsets.UTF_16LE;
        }
        return bytes[0] == 0 || (bytes[0] == (byte) 0xfe && bytes[1] == (byte) 0xff)
                ? StandardCharsets.UTF_16BE
                : StandardCharsets.UTF_8;
    }
}
