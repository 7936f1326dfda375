package io.gerve.testbed.site;

/** By which SSH server a site lets people in. */
public enum FrontendKind {
    /** {@code gerve-frontend}. */
    FRONTEND("git"),
    /** Stock OpenSSH with {@code gerve agent} behind it. Whoever is not root can log in as nobody else, so people log in as this user. */
    OPENSSH(System.getProperty("user.name"));

    private final String user;

    FrontendKind(String user) {
        this.user = user;
    }

    /** Whom people log in as. */
    public String user() {
        return user;
    }
}
