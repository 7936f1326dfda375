package io.gerve.admin;

import io.gerve.access.Repository.Visibility;
import io.gerve.git.BranchName;
import io.gerve.git.RepositoryName;
import java.util.Optional;

/**
 * Changes of repositories that concern their rows and their folders on the file servers. The folder changes last in the
 * transaction of the rows, so that a file server that does not answer leaves the rows as they were.
 */
public final class RepositoryService {
    private final MysqlRepositoryStore store;
    private final RepositoryFolders folders;

    public RepositoryService(MysqlRepositoryStore store, RepositoryFolders folders) {
        this.store = store;
        this.folders = folders;
    }

    /** Creates an empty repository. A redirect of the same name is removed. */
    public RepositoryDetails create(RepositoryName name, Visibility visibility, NewFolder form)
            throws ChangeRefused, DependencyUnavailable {
        return store.create(name, visibility, own -> folders.create(own, form));
    }

    /**
     * Takes over a bare repository that lies on the file server of the owner already: checks it, moves its folder, and
     * registers it. HEAD, refs and objects stay. A redirect of the same name is removed.
     */
    public RepositoryDetails adopt(RepositoryName name, Visibility visibility, AdoptedFolder source)
            throws ChangeRefused, DependencyUnavailable {
        store.requireFree(name);
        // Not in the transaction, which a check of all objects would keep open for too long.
        folders.check(source, name);
        try {
            return store.create(name, visibility, own -> folders.adopt(source, own));
        } catch (DependencyUnavailable e) {
            throw e.isBeforeAnyChange()
                    ? e
                    : new DependencyUnavailable(
                            e.getMessage() + " If the folder was moved, take it from its place: gerve repo adopt "
                                    + name,
                            e);
        }
    }

    /** Makes HEAD of a repository name the branch, which must exist unless the repository has no branch. */
    public FolderDetails setDefaultBranch(RepositoryName name, BranchName branch)
            throws ChangeRefused, DependencyUnavailable {
        return store.setDefaultBranch(name, branch, folders);
    }

    /** Returns what the file server knows about a repository. */
    public FolderDetails folder(RepositoryDetails repository) throws ChangeRefused, DependencyUnavailable {
        return folders.show(repository.name());
    }

    /**
     * Renames a repository, or transfers it to another owner whose repositories are on the same file server. The old
     * name keeps working.
     */
    public RepositoryDetails rename(RepositoryName from, RepositoryName to)
            throws ChangeRefused, DependencyUnavailable {
        var folderMove = new FolderMove(folders);
        try {
            return store.rename(from, to, folderMove);
        } catch (ChangeRefused e) {
            folderMove.rollBack();
            throw e;
        } catch (RuntimeException e) {
            // The exception may have been thrown after the commit.
            if (findCommitted(folderMove).isEmpty()) {
                folderMove.rollBack();
            }
            throw e;
        } catch (DependencyUnavailable e) {
            Optional<RepositoryDetails> renamed = findCommitted(folderMove);
            if (renamed.isPresent()) {
                return renamed.get();
            }
            folderMove.rollBack();
            throw folderMove.moved().isEmpty()
                    ? e
                    : DependencyUnavailable.beforeAnyChange(e.getMessage() + " The folder is where it was before.", e);
        }
    }

    /**
     * Returns the renamed repository if the transaction was committed: only the answer to the commit may have been
     * lost.
     */
    private Optional<RepositoryDetails> findCommitted(FolderMove folderMove) throws DependencyUnavailable {
        if (folderMove.moved().isEmpty()) {
            return Optional.empty();
        }
        FolderMove.Move move = folderMove.moved().get();
        try {
            return store.findSettled(move.id())
                    .filter(now -> now.name().equals(move.to())
                            && now.name().name().equals(move.to().name()));
        } catch (DependencyUnavailable e) {
            throw new DependencyUnavailable(
                    "It is unknown whether the database has the new name. The folder is now at " + move.to()
                            + ". Check with gerve repo show; if it shows the old name, rename the repository again. "
                            + e.getMessage(),
                    e);
        }
    }

    /**
     * Deletes a repository with all rights to it and all its names, and then moves its directory to the file server's
     * trash.
     *
     * @throws DependencyUnavailable also if the repository is deleted but its directory could not be moved
     */
    public void delete(RepositoryName name) throws ChangeRefused, DependencyUnavailable {
        RepositoryDetails repository = store.show(name);
        try {
            store.deleteRows(repository);
        } catch (DependencyUnavailable e) {
            if (store.findSettled(repository.id()).isPresent()) {
                throw e;
            }
        }
        try {
            folders.remove(repository.name());
        } catch (ChangeRefused | DependencyUnavailable e) {
            throw new DependencyUnavailable(
                    repository.name()
                            + " is deleted, but its folder could not be moved to the trash of its file server and blocks a"
                            + " new repository of that name: " + e.getMessage(),
                    e);
        }
    }
}
