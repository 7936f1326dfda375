package io.gerve.admin;

import io.gerve.git.RepositoryName;

/** The repositories as they lie on the file servers that their owners' routes name. */
public interface RepositoryFolders {
    /** Makes an empty bare repository. One that is there already and empty is taken as it is. */
    void create(RepositoryName repository) throws ChangeRefused, DependencyUnavailable;

    /**
     * Moves a repository, within the file server of both owners. Nothing is changed if it throws {@link ChangeRefused}.
     *
     * @return false if there is none to move
     */
    boolean move(RepositoryName from, RepositoryName to) throws ChangeRefused, DependencyUnavailable;

    /** Moves a repository to the file server's trash. One that is not there counts as removed. */
    void remove(RepositoryName repository) throws ChangeRefused, DependencyUnavailable;
}
