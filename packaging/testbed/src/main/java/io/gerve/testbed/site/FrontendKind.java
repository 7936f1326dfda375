package io.gerve.testbed.site;

/** Kind of the SSH frontend of a site. */
public enum FrontendKind {
    /** {@code gerve-frontend}. */
    FRONTEND("git"),
    /**
     * Stock OpenSSH with {@code gerve agent}. Users log in as the current user, since sshd without root can log in no
     * other.
     */
    OPENSSH(System.getProperty("user.name"));

    private final String user;

    FrontendKind(String user) {
        this.user = user;
    }

    /** Returns the user name for logins at the gate. */
    public String user() {
        return user;
    }
}
