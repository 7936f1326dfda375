package io.gerve.git;

import java.util.Optional;

/** What a client asks for: a service on a repository. */
public record GitCommand(GitService service, RepositoryName repository) {
    /** An address of a repository needs a twentieth of it; what is longer was not written by git. */
    private static final int CHARACTERS_MAX = 4096;

    /**
     * Reads the command of an SSH exec request (RFC 4254, section 6.5): {@code git-upload-pack}, {@code git-receive-pack} or {@code
     * git-upload-archive}, with a hyphen or a space after {@code git}, one space, and one argument that addresses a repository.
     * What every form has in common is listed, and the rest refused, so that a form nobody thought of is refused too.
     *
     * @param execLine decoded as UTF-8, with U+FFFD for what could not be, which makes it no command
     * @return empty for everything else: there is no other command, and no shell
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

    private static Optional<String> argumentOf(GitService service, String execLine) {
        String start = service.program() + ' ';
        boolean asked = execLine.startsWith(start) || execLine.startsWith(start.replaceFirst("-", " "));
        return asked ? Optional.of(execLine.substring(start.length())) : Optional.empty();
    }
}
