package io.gerve.git;

/** Programs that git runs on the remote side of an SSH connection. There are no others. */
public enum GitService {
    /** Fetch and clone. */
    UPLOAD_PACK("git-upload-pack"),
    /** Push. */
    RECEIVE_PACK("git-receive-pack"),
    /** {@code git archive --remote}. */
    UPLOAD_ARCHIVE("git-upload-archive");

    private final String program;

    GitService(String program) {
        this.program = program;
    }

    public String program() {
        return program;
    }

    /** Returns whether the service changes the repository. */
    public boolean writes() {
        return switch (this) {
            case UPLOAD_PACK, UPLOAD_ARCHIVE -> false;
            case RECEIVE_PACK -> true;
        };
    }
}
