package io.gerve.admin;

import io.gerve.git.BranchName;
import io.gerve.git.ObjectFormat;
import java.util.Optional;

/**
 * Form of a new repository.
 *
 * @param defaultBranch branch that HEAD names; if empty, {@code init.defaultBranch} of git on the file server
 */
public record NewFolder(ObjectFormat objectFormat, Optional<BranchName> defaultBranch) {
    /** A repository with SHA-1 and the file server's default branch. */
    public static final NewFolder USUAL = new NewFolder(ObjectFormat.SHA1, Optional.empty());
}
