package io.gerve.git;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Command with which git-lfs asks where the large files of a repository are (git-lfs, docs/api/server-discovery.md):
 * {@code git-lfs-authenticate ADDRESS download} or {@code … upload}.
 */
public record LfsCommand(RepositoryName repository, Operation operation) {
    public static final String PROGRAM = "git-lfs-authenticate";

    /** What git-lfs will do with the files of a repository. */
    public enum Operation {
        DOWNLOAD(GitService.UPLOAD_PACK),
        UPLOAD(GitService.RECEIVE_PACK);

        private final GitService service;

        Operation(GitService service) {
            this.service = service;
        }

        /** Returns the operation as git-lfs names it: {@code download} or {@code upload}. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Returns whether the line names the program, even if what follows addresses no possible repository. */
    public static boolean isForProgram(String execLine) {
        return execLine.equals(PROGRAM) || execLine.startsWith(PROGRAM + ' ');
    }

    /**
     * Parses the command of an SSH exec request. The address has the forms that git's commands take.
     *
     * @return empty for everything else
     */
    public static Optional<LfsCommand> parse(String execLine) {
        return Stream.of(Operation.values())
                .flatMap(operation -> parse(execLine, operation).stream())
                .findFirst();
    }

    private static Optional<LfsCommand> parse(String execLine, Operation operation) {
        String start = PROGRAM + ' ';
        String end = ' ' + operation.label();
        int length = execLine.length() - start.length() - end.length();
        if (length <= 0
                || execLine.length() > GitCommand.CHARACTERS_MAX
                || !execLine.startsWith(start)
                || !execLine.endsWith(end)) {
            return Optional.empty();
        }
        return ShellWord.read(execLine.substring(start.length(), start.length() + length))
                .flatMap(RepositoryAddress::repository)
                .map(repository -> new LfsCommand(repository, operation));
    }

    /** Returns the git command whose rights this command needs: a clone for a download, a push for an upload. */
    public GitCommand equivalent() {
        return new GitCommand(operation.service, repository);
    }
}
