package io.gerve.access;

/** What somebody may do with a repository, in ascending order (GitHub's roles). */
public enum Role {
    NONE,
    READ,
    TRIAGE,
    WRITE,
    MAINTAIN,
    ADMIN;

    public boolean includes(Role other) {
        return compareTo(other) >= 0;
    }
}
