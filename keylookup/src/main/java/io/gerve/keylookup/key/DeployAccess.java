package io.gerve.keylookup.key;

/** What a deploy key may do with one of its repositories. */
public enum DeployAccess {
    READ_ONLY,
    READ_WRITE
}
