package io.gerve.keylookup.directory;

/** Access of a deploy key to one of its repositories. */
public enum DeployKeyAccess {
    READ_ONLY,
    READ_WRITE
}
