package io.gerve.git;

import java.util.Optional;

/** What a client asks for: a service on a repository. */
public record GitCommand(Service service, RepositoryName repository) {
    /**
     * Reads the command of an SSH exec request (RFC 4254, section 6.5) in the forms that git clients send.
     *
     * @return empty for everything else: there is no other command, and no shell
     */
    public static Optional<GitCommand> parse(String execLine) {
        return Optional.empty();
    }
}
