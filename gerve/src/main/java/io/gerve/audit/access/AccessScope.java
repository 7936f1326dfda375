package io.gerve.audit.access;

/** The repositories to list for an account: those to which it was granted a right, or also those that are public. */
public enum AccessScope {
    GRANTED,
    GRANTED_AND_PUBLIC;

    public static AccessScope of(boolean includesPublic) {
        return includesPublic ? GRANTED_AND_PUBLIC : GRANTED;
    }
}
