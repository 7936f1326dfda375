package io.gerve.admin;

/**
 * What the file server knows about a repository.
 *
 * @param objectFormat {@code sha1} or {@code sha256}; empty if unknown
 * @param defaultBranch branch that HEAD names; empty if unknown, or if HEAD names no branch
 */
public record FolderDetails(String objectFormat, String defaultBranch) {
    public static final FolderDetails UNKNOWN = new FolderDetails("", "");
}
