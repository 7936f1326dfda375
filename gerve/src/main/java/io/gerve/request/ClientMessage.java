package io.gerve.request;

import io.gerve.access.Decision;
import io.gerve.git.GitCommand;
import io.gerve.git.RepositoryName;
import io.gerve.logging.TextEscaper;
import io.gerve.program.RequestId;
import java.nio.charset.StandardCharsets;

/**
 * Message to a git user, with its exit status: 128 like fatal errors of git, 127 like a shell for a command that does not
 * exist, 75 (EX_TEMPFAIL of sysexits.h) if the user should try again. Messages say what to do next and reveal nothing that the user may not know.
 */
public record ClientMessage(String text, int exitStatus) {
    private static final int NO_COMMAND = 1;
    private static final int NOT_FOUND_BY_SHELL = 127;
    private static final int FATAL = 128;
    private static final int CONNECTION_REFUSED = 255;
    static final int TRY_AGAIN = 75;

    static final ClientMessage NOT_FOUND = new ClientMessage("ERROR: Repository not found.", FATAL);
    /** The message of ssh(1) to a client that has no key to offer. */
    static final ClientMessage NO_KEY = new ClientMessage("Permission denied (publickey).", CONNECTION_REFUSED);

    static final ClientMessage CANNOT_CHECK = new ClientMessage(
            "ERROR: Gerve cannot check your access just now. Nothing was changed. Please try again.", TRY_AGAIN);
    static final ClientMessage INTERNAL = new ClientMessage(
            "ERROR: Gerve made a mistake of its own. Please try again, and tell the people who run this site.",
            TRY_AGAIN);
    static final ClientMessage OVERLOADED = new ClientMessage(
            "ERROR: Gerve is serving as many requests as it can. Nothing was changed. Please try again in a moment.",
            TRY_AGAIN);
    public static final ClientMessage STOPPING =
            new ClientMessage("ERROR: Gerve is restarting. Please try again.", TRY_AGAIN);

    /** The route of a push changed while it ran. What it has sent so far may be on a host that is no longer read. */
    static final ClientMessage MOVED_MEANWHILE = new ClientMessage(
            "ERROR: The repository was moved while the command ran, so that it was ended. Please try again.",
            TRY_AGAIN);

    static ClientMessage greeting(String principalName) {
        return new ClientMessage(
                "Hi " + principalName + "! You've successfully authenticated, but Gerve does not provide shell access.",
                NO_COMMAND);
    }

    /**
     * Returns the message for a command that the gate does not have. Its first line is that of a shell without the
     * program, by which git-lfs knows that there is no LFS.
     */
    static ClientMessage invalidCommand(String execLine) {
        String program = execLine.split("\\s", 2)[0];
        return new ClientMessage(
                TextEscaper.excerpt(program) + ": not found\nERROR: Invalid command: " + TextEscaper.excerpt(execLine),
                NOT_FOUND_BY_SHELL);
    }

    static ClientMessage tooMany(String principalName, int running) {
        return new ClientMessage(
                "ERROR: %s already has %d git commands running, the most at this time. Please wait until one has ended."
                        .formatted(principalName, running),
                TRY_AGAIN);
    }

    /** Returns the note that precedes the output of the command. */
    static ClientMessage moved(RepositoryName requestedName, RepositoryName presentName) {
        return new ClientMessage(
                "NOTE: %s moved to %s. Please use the new address.".formatted(requestedName, presentName), 0);
    }

    public static ClientMessage fileServerGone(RepositoryName repository) {
        return new ClientMessage(
                "ERROR: The server that stores %s is not answering. Nothing was changed. Please try again."
                        .formatted(repository),
                TRY_AGAIN);
    }

    /** Returns the message for a file server connection that was lost during the command. */
    public static ClientMessage connectionLost(GitCommand command) {
        String advice = command.service().writes()
                ? "Part of your push may have been kept: fetch to see, then try again."
                : "Nothing was changed. Please try again.";
        return new ClientMessage(
                "ERROR: The connection to the server that stores %s was lost. %s"
                        .formatted(command.repository(), advice),
                TRY_AGAIN);
    }

    /**
     * Returns the message for a refusal.
     *
     * @param principalName name of the account, or of the repository of the deploy key
     * @param repositoryName repository as the client named it
     */
    static ClientMessage denied(Decision.Denied denied, String principalName, String repositoryName) {
        String reason = denied.operatorMessage().isBlank() ? "." : ": " + TextEscaper.oneLine(denied.operatorMessage());
        String text = switch (denied.rule()) {
            case KEY_UNKNOWN ->
                "ERROR: This key is no longer registered. Please add it to your account, or use another.";
            case KEY_REVOKED ->
                "ERROR: This key was revoked. Please use another key." + (reason.equals(".") ? "" : " Reason" + reason);
            case KEY_EXPIRED -> "ERROR: This key has expired. Please add a new key to your account.";
            case ACCOUNT_SUSPENDED -> "ERROR: The account " + principalName + " is suspended" + reason;
            case DEPLOY_KEY_READ_ONLY -> "ERROR: The key you are authenticating with has been marked as read only.";
            case NO_WRITE_GRANT -> "ERROR: Permission to " + repositoryName + ".git denied to " + principalName + ".";
            case ORGANIZATION_SUSPENDED -> "ERROR: The organization that owns this repository is suspended" + reason;
            case REPOSITORY_DISABLED -> "ERROR: This repository is disabled" + reason;
            case REPOSITORY_ARCHIVED -> "ERROR: This repository was archived so it is read-only.";
            case REPOSITORY_LOCKED -> "ERROR: This repository is locked against pushes" + reason;
            case SITE_READ_ONLY -> "ERROR: This site takes no pushes just now" + reason;
            case REPOSITORY_UNKNOWN,
                    NO_GRANT,
                    DEPLOY_KEY,
                    OWNER,
                    COLLABORATOR,
                    ORGANIZATION_OWNER,
                    TEAM,
                    BASE_PERMISSION,
                    PUBLIC -> NOT_FOUND.text();
        };
        return new ClientMessage(text, FATAL);
    }

    /** Returns the text as one line, for records. */
    public String record() {
        return text.replace('\n', ' ');
    }

    /** Returns the bytes that are sent. The last line ends with the request id. */
    public byte[] line(RequestId id) {
        return (text + " [" + id + "]\n").getBytes(StandardCharsets.UTF_8);
    }
}
