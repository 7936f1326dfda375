package io.gerve.keylookup.key;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keys whose private half is known to others: those that Gerve brings, and those of the site's own files, which are looked at again
 * when they changed, within a second. Safe for use by many threads.
 */
public final class CompromisedKeys {
    private static final Pattern LINE = Pattern.compile("(SHA256:[A-Za-z0-9+/]{43})(?:[ \t]+([^\\p{C}]{1,200}))?");

    private final Map<Fingerprint, String> brought;
    private final List<WatchedList> files;

    /**
     * @param files a line of which is a SHA-256 fingerprint and, after a blank, why the key is compromised; empty lines and those that
     *     begin with # say nothing
     * @param nanoTime tells ages, as {@link System#nanoTime} does
     * @throws IllegalArgumentException if a file cannot be read or a line is wrong, with the file and the line's number
     */
    public CompromisedKeys(List<Path> files, LongSupplier nanoTime) {
        this.brought = brought();
        this.files = files.stream().map(file -> new WatchedList(file, nanoTime)).toList();
    }

    /** @return empty if the key is not on a list; an empty text if the list does not say why it is */
    public Optional<String> why(Fingerprint key) {
        String known = brought.get(key);
        if (known != null) {
            return Optional.of(known);
        }
        return files.stream()
                .map(file -> file.keys().get(key))
                .filter(Objects::nonNull)
                .findFirst();
    }

    /** @param place what the text is, for the message */
    static Map<Fingerprint, String> parse(String place, String text) {
        Map<Fingerprint, String> keys = new HashMap<>();
        int number = 0;
        for (String line : text.lines().map(String::strip).toList()) {
            number++;
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            Matcher form = LINE.matcher(line);
            if (!form.matches() || Fingerprint.parse(form.group(1)).isEmpty()) {
                throw new IllegalArgumentException(place + ":" + number
                        + ": a line is a SHA-256 fingerprint, as ssh-keygen -lf prints it, a blank and the reason");
            }
            keys.put(new Fingerprint(form.group(1)), Objects.requireNonNullElse(form.group(2), ""));
        }
        return Map.copyOf(keys);
    }

    private static Map<Fingerprint, String> brought() {
        try (InputStream in = CompromisedKeys.class.getResourceAsStream("compromised-keys")) {
            if (in == null) {
                throw new IllegalStateException("the program has lost its list of compromised keys");
            }
            return parse("compromised-keys", new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException("the program's list of compromised keys cannot be read", e);
        }
    }
}
