package io.gerve.admin;

import io.gerve.git.BranchName;
import io.gerve.git.RepositoryName;

/** The directories of repositories on the file servers of their owners. */
public interface RepositoryFolders {
    /** Creates an empty bare repository. An existing empty repository of the same object format is taken. */
    FolderDetails create(RepositoryName repository, NewFolder form) throws ChangeRefused, DependencyUnavailable;

    /**
     * Checks whether {@link #adopt} can take a repository, with all its objects, which may take an hour. Changes nothing.
     */
    void check(AdoptedFolder source, RepositoryName repository) throws ChangeRefused, DependencyUnavailable;

    /** Moves a repository from elsewhere on the file server to the folder of this name. */
    FolderDetails adopt(AdoptedFolder source, RepositoryName repository) throws ChangeRefused, DependencyUnavailable;

    /** Returns what the active file server knows about the repository. */
    FolderDetails show(RepositoryName repository) throws ChangeRefused, DependencyUnavailable;

    /** Makes HEAD of the repository name the branch, which must exist unless the repository has no branch. */
    FolderDetails setDefaultBranch(RepositoryName repository, BranchName branch)
            throws ChangeRefused, DependencyUnavailable;

    /**
     * Moves a repository within the file server of both owners. Nothing is changed if it throws {@link ChangeRefused}.
     *
     * @return false if there is no repository to move
     */
    boolean move(RepositoryName from, RepositoryName to) throws ChangeRefused, DependencyUnavailable;

    /** Moves a repository to the file server's trash. A missing repository counts as removed. */
    void remove(RepositoryName repository) throws ChangeRefused, DependencyUnavailable;
}
