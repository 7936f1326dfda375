package io.gerve.git;

import java.util.Optional;
import java.util.stream.Stream;

/** Git command of a client: a service on a repository. */
public record GitCommand(GitService service, RepositoryName repository) {
    /** Limit of a command line. A valid address takes a twentieth of it. */
    static final int CHARACTERS_MAX = 4096;

    /**
     * Parses the command of an SSH exec request (RFC 4254, section 6.5): {@code git-upload-pack}, {@code
     * git-receive-pack} or {@code git-upload-archive}, with a hyphen or a space after {@code git}, one space, and one
     * argument that addresses a repository. Only listed forms are accepted, so that an unforeseen form is refused.
     *
     * @param execLine command line decoded as UTF-8, with U+FFFD for invalid bytes; a line with U+FFFD is refused
     * @return empty for everything else: there is no other command and no shell
     */
    public static Optional<GitCommand> parse(String execLine) {
        if (execLine.length() > CHARACTERS_MAX) {
            return Optional.empty();
        }
        for (GitService service : GitService.values()) {
            Optional<String> word = argumentOf(service, execLine);
            if (word.isPresent()) {
                return word.flatMap(ShellWord::read)
                        .flatMap(RepositoryAddress::repository)
                        .map(repository -> new GitCommand(service, repository));
            }
        }
        return Optional.empty();
    }

    /** Returns whether the line names one of git's services, even if what follows addresses no possible repository. */
    public static boolean isForService(String execLine) {
        return Stream.of(GitService.values())
                .anyMatch(service -> execLine.equals(service.program())
                        || argumentOf(service, execLine).isPresent());
    }

    private static Optional<String> argumentOf(GitService service, String execLine) {
        String start = service.program() + ' ';
        boolean matches = execLine.startsWith(start) || execLine.startsWith(start.replaceFirst("-", " "));
        return matches ? Optional.of(execLine.substring(start.length())) : Optional.empty();
    }
}
