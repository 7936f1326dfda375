package io.gerve.access;

/** Role on a repository, in ascending order; the names are GitHub's. */
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
