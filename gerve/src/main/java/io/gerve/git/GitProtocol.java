package io.gerve.git;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Wire protocol that a client requests in the environment variable {@code GIT_PROTOCOL} (git(1), gitprotocol-v2(5)).
 *
 * @param text value that is sent to the file server; empty if the client sent none
 */
public record GitProtocol(String text) {
    private static final int CHARACTERS_MAX = 64;
    private static final Pattern FORM = Pattern.compile("version=[0-2](?::[A-Za-z0-9-]+=[A-Za-z0-9._-]+)*");

    public static final GitProtocol UNSTATED = new GitProtocol("");

    public GitProtocol {
        if (!text.isEmpty() && !isValue(text)) {
            throw new IllegalArgumentException(
                    "GIT_PROTOCOL must be version=0, 1 or 2 with optional :key=value pairs, at most 64 bytes");
        }
    }

    /**
     * Parses a value of the form {@code version=[0-2]}, optionally followed by {@code :key=value} pairs, of at most 64
     * bytes.
     *
     * @return empty if the value does not have this form
     */
    public static Optional<GitProtocol> parse(String value) {
        return isValue(value) ? Optional.of(new GitProtocol(value)) : Optional.empty();
    }

    private static boolean isValue(String text) {
        return text.length() <= CHARACTERS_MAX && FORM.matcher(text).matches();
    }
}
