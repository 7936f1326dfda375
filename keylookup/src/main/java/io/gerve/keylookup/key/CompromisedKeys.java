package io.gerve.keylookup.key;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Keys whose private half is known to others: those that Gerve brings, and those of the site's own files, which are looked at again
 * when they changed, within a second. Safe for use by many threads.
 */
public final class CompromisedKeys {
    private final KeyList brought;
    private final List<WatchedList> files;

    /**
     * @param files a line of which is a fingerprint, of SHA-256 or MD5 or as in Debian's openssh-blacklist, and, after a blank, why the
     *     key is compromised; empty lines and those that begin with # say nothing
     * @param nanoTime tells ages, as {@link System#nanoTime} does
     * @throws IllegalArgumentException if a file cannot be read or a line is wrong, with the file and the line's number
     */
    public CompromisedKeys(List<Path> files, LongSupplier nanoTime) {
        this.brought = brought();
        this.files = files.stream().map(file -> new WatchedList(file, nanoTime)).toList();
    }

    /** @return empty if the key is not on a list; an empty text if the list does not say why it is */
    public Optional<String> why(Fingerprint key, Md5Tail tail) {
        return brought.why(key, tail)
                .or(() -> files.stream()
                        .flatMap(file -> file.keys().why(key, tail).stream())
                        .findFirst());
    }

    private static KeyList brought() {
        try (InputStream in = CompromisedKeys.class.getResourceAsStream("compromised-keys")) {
            if (in == null) {
                throw new IllegalStateException("the program has lost its list of compromised keys");
            }
            return KeyList.parse("compromised-keys", new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException("the program's list of compromised keys cannot be read", e);
        }
    }
}
