package io.gerve.git;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The wire protocol that a client asks for in the environment variable {@code GIT_PROTOCOL} (git(1), gitprotocol-v2(5)).
 *
 * @param text as it is passed on to the file server; empty if the client asked for none
 */
public record GitProtocol(String text) {
    private static final int CHARACTERS_MAX = 64;
    private static final Pattern FORM = Pattern.compile("version=[0-2](?::[A-Za-z0-9-]+=[A-Za-z0-9._-]+)*");

    public static final GitProtocol UNSTATED = new GitProtocol("");

    public GitProtocol {
        if (!text.isEmpty() && !isValue(text)) {
            throw new IllegalArgumentException(
                    "GIT_PROTOCOL is version=0, 1 or 2 with :key=value additions, 64 bytes at most");
        }
    }

    /** @return empty unless the value is {@code version=[0-2]} with {@code :key=value} additions, 64 bytes at most */
    public static Optional<GitProtocol> parse(String value) {
        return isValue(value) ? Optional.of(new GitProtocol(value)) : Optional.empty();
    }

    private static boolean isValue(String text) {
        return text.length() <= CHARACTERS_MAX && FORM.matcher(text).matches();
    }
}
