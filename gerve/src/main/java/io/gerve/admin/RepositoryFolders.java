package io.gerve.admin;

import io.gerve.git.RepositoryName;

/** The directories of repositories on the file servers of their owners. */
public interface RepositoryFolders {
    /** Creates an empty bare repository. An existing empty repository is left as it is. */
    void create(RepositoryName repository) throws ChangeRefused, DependencyUnavailable;

    /**
     * Moves a repository within the file server of both owners. Nothing is changed if it throws {@link ChangeRefused}.
     *
     * @return false if there is no repository to move
     */
    boolean move(RepositoryName from, RepositoryName to) throws ChangeRefused, DependencyUnavailable;

    /** Moves a repository to the file server's trash. A missing repository counts as removed. */
    void remove(RepositoryName repository) throws ChangeRefused, DependencyUnavailable;
}
