package io.gerve.git;

import java.util.Optional;

/**
 * The wire protocol that a client asks for in the environment variable {@code GIT_PROTOCOL} (git(1), gitprotocol-v2(5)).
 *
 * @param text as it is passed on to the file server; empty if the client asked for none
 */
public record GitProtocol(String text) {
    public static final GitProtocol UNSTATED = new GitProtocol("");

    /** @return empty unless the value is {@code version=[0-2]} with {@code :key=value} additions, 64 bytes at most */
    public static Optional<GitProtocol> parse(String value) {
        return Optional.empty();
    }
}
