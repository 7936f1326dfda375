package io.gerve.request;

import io.gerve.access.Decision;
import io.gerve.git.GitCommand;
import io.gerve.git.RepositoryName;
import io.gerve.logging.TextEscaper;
import io.gerve.program.RequestId;
import java.nio.charset.StandardCharsets;

/**
 * The sentences that a git user reads, and the exit status that goes with each: 128 as git's own fatal errors, 75 (EX_TEMPFAIL of
 * sysexits.h) where trying again is the thing to do. They say what to do next and reveal nothing that the user may not know.
 */
public record ClientMessage(String text, int exitStatus) {
    private static final int GREETED = 1;
    private static final int FATAL = 128;
    private static final int TRY_AGAIN = 75;

    static final ClientMessage NOT_FOUND = new ClientMessage("ERROR: Repository not found.", FATAL);
    static final ClientMessage CANNOT_CHECK = new ClientMessage(
            "ERROR: Gerve cannot check your access just now. Nothing was changed. Please try again.", TRY_AGAIN);
    public static final ClientMessage INTERNAL = new ClientMessage(
            "ERROR: Gerve made a mistake of its own. Please try again, and tell the people who run this site.",
            TRY_AGAIN);
    public static final ClientMessage OVERLOADED = new ClientMessage(
            "ERROR: Gerve is serving as many requests as it can. Nothing was changed. Please try again in a moment.",
            TRY_AGAIN);
    public static final ClientMessage STOPPING =
            new ClientMessage("ERROR: Gerve is restarting. Please try again.", TRY_AGAIN);

    /** What a push had sent until then may be on a host that nobody reads from any more. */
    static final ClientMessage MOVED_MEANWHILE = new ClientMessage(
            "ERROR: The repository was moved while the command ran, so that it was ended. Please try again.",
            TRY_AGAIN);

    static ClientMessage greeting(String who) {
        return new ClientMessage(
                "Hi " + who + "! You've successfully authenticated, but Gerve does not provide shell access.", GREETED);
    }

    static ClientMessage invalidCommand(String execLine) {
        return new ClientMessage("ERROR: Invalid command: " + TextEscaper.excerpt(execLine), FATAL);
    }

    public static ClientMessage tooMany(String who, int max) {
        return new ClientMessage(
                "ERROR: %s already has %d git commands running, the most at one time. Please wait until one has ended."
                        .formatted(who, max),
                TRY_AGAIN);
    }

    /** Goes before the session, which goes on. */
    public static ClientMessage moved(RepositoryName asked, RepositoryName present) {
        return new ClientMessage("NOTE: %s moved to %s. Please use the new address.".formatted(asked, present), 0);
    }

    public static ClientMessage fileServerGone(RepositoryName repository) {
        return new ClientMessage(
                "ERROR: The server that stores %s is not answering. Nothing was changed. Please try again."
                        .formatted(repository),
                TRY_AGAIN);
    }

    /** The file server went away in the middle. */
    public static ClientMessage connectionLost(GitCommand command) {
        String next = command.service().writes()
                ? "Part of your push may have been kept: fetch to see, then try again."
                : "Nothing was changed. Please try again.";
        return new ClientMessage(
                "ERROR: The connection to the server that stores %s was lost. %s".formatted(command.repository(), next),
                TRY_AGAIN);
    }

    /** @param who the account, or the deploy key's repository
     *  @param asked the repository as the client named it */
    static ClientMessage denied(Decision.Denied denied, String who, String asked) {
        String words = denied.operatorMessage().isBlank() ? "." : ": " + TextEscaper.oneLine(denied.operatorMessage());
        String text = switch (denied.rule()) {
            case KEY_UNKNOWN ->
                "ERROR: This key is no longer registered. Please add it to your account, or use another.";
            case KEY_REVOKED ->
                "ERROR: This key was revoked. Please use another key." + (words.equals(".") ? "" : " Reason" + words);
            case KEY_EXPIRED -> "ERROR: This key has expired. Please add a new key to your account.";
            case ACCOUNT_SUSPENDED -> "ERROR: The account " + who + " is suspended" + words;
            case DEPLOY_KEY_READ_ONLY -> "ERROR: The key you are authenticating with has been marked as read only.";
            case NO_WRITE_GRANT -> "ERROR: Permission to " + asked + ".git denied to " + who + ".";
            case ORGANIZATION_SUSPENDED -> "ERROR: The organization that owns this repository is suspended" + words;
            case REPOSITORY_DISABLED -> "ERROR: This repository is disabled" + words;
            case REPOSITORY_ARCHIVED -> "ERROR: This repository was archived so it is read-only.";
            case REPOSITORY_LOCKED -> "ERROR: This repository is locked against pushes" + words;
            case SITE_READ_ONLY -> "ERROR: This site takes no pushes just now" + words;
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

    /** As it goes over the wire: one line that ends with the request's id. */
    public byte[] line(RequestId id) {
        return (text + " [" + id + "]\n").getBytes(StandardCharsets.UTF_8);
    }
}
