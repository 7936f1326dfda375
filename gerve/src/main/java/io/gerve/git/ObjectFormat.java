package io.gerve.git;

/** Hash by which a repository names its objects. */
public enum ObjectFormat {
    SHA1,
    SHA256
}
