package io.gerve.keylookup.policy;

import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.Md5Suffix;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Keys whose private half is known to others: those of the list that Gerve includes, and those of the site's own files.
 * A change of a file takes effect within a second. Safe for use by many threads.
 */
public final class CompromisedKeys {
    private final CompromisedKeyList builtIn;
    private final List<CompromisedKeyFile> files;

    /**
     * Reads the lists.
     *
     * @param files files with one key per line: a SHA-256 or MD5 fingerprint, or 20 hex digits as in Debian's
     *     openssh-blacklist, and optionally, after a space, the reason. Empty lines and lines that begin with # are
     *     ignored.
     * @param nanoTime clock for ages, such as {@link System#nanoTime}
     * @throws IllegalArgumentException if a file cannot be read or a line is invalid; the message contains the file and
     *     the number of the line
     */
    public CompromisedKeys(List<Path> files, LongSupplier nanoTime) {
        this.builtIn = loadBuiltIn();
        this.files = files.stream()
                .map(file -> new CompromisedKeyFile(file, nanoTime))
                .toList();
    }

    /**
     * Returns the reason why the key is on a list: empty if it is on none, an empty string if the list gives no reason.
     */
    public Optional<String> reason(Fingerprint key, Md5Suffix md5Suffix) {
        return builtIn.reason(key, md5Suffix)
                .or(() -> files.stream()
                        .flatMap(file -> file.keys().reason(key, md5Suffix).stream())
                        .findFirst());
    }

    private static CompromisedKeyList loadBuiltIn() {
        try (InputStream in = CompromisedKeys.class.getResourceAsStream("compromised-keys")) {
            if (in == null) {
                throw new IllegalStateException("the program's list of compromised keys is missing");
            }
            return CompromisedKeyList.parse("compromised-keys", new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException("cannot read the program's list of compromised keys", e);
        }
    }
}
