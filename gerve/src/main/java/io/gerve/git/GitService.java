package io.gerve.git;

/** The three programs that git runs at the far end of an SSH connection. There is no fourth. */
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

    /** Whether it changes the repository. */
    public boolean writes() {
        return switch (this) {
            case UPLOAD_PACK, UPLOAD_ARCHIVE -> false;
            case RECEIVE_PACK -> true;
        };
    }
}
