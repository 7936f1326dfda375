package io.gerve.keylookup.directory;

/** What a deploy key may do with one of its repositories. */
public enum DeployKeyAccess {
    READ_ONLY,
    READ_WRITE
}
