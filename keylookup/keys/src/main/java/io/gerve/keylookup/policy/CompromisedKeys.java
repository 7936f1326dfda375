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
 * Keys whose private half is known to others: those that Gerve brings, and those of the site's own files, which are looked at again
 * when they changed, within a second. Safe for use by many threads.
 */
public final class CompromisedKeys {
    private final CompromisedKeyList builtIn;
    private final List<CompromisedKeyFile> files;

    /**
     * @param files a line of which is a fingerprint, of SHA-256 or MD5 or as in Debian's openssh-blacklist, and, after a blank, why the
     *     key is compromised; empty lines and those that begin with # say nothing
     * @param nanoTime tells ages, as {@link System#nanoTime} does
     * @throws IllegalArgumentException if a file cannot be read or a line is wrong, with the file and the line's number
     */
    public CompromisedKeys(List<Path> files, LongSupplier nanoTime) {
        this.builtIn = loadBuiltIn();
        this.files = files.stream()
                .map(file -> new CompromisedKeyFile(file, nanoTime))
                .toList();
    }

    /** @return empty if the key is not on a list; an empty text if the list does not say why it is */
    public Optional<String> reason(Fingerprint key, Md5Suffix tail) {
        return builtIn.reason(key, tail)
                .or(() -> files.stream()
                        .flatMap(file -> file.keys().reason(key, tail).stream())
                        .findFirst());
    }

    private static CompromisedKeyList loadBuiltIn() {
        try (InputStream in = CompromisedKeys.class.getResourceAsStream("compromised-keys")) {
            if (in == null) {
                throw new IllegalStateException("the program has lost its list of compromised keys");
            }
            return CompromisedKeyList.parse("compromised-keys", new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException("the program's list of compromised keys cannot be read", e);
        }
    }
}
