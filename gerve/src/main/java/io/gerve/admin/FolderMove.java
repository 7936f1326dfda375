package io.gerve.admin;

import io.gerve.git.RepositoryName;
import java.util.Optional;

/**
 * A move of a repository's directory on a file server, which can be rolled back if the database did not commit the
 * change. Confined to one thread.
 */
final class FolderMove {
    private final RepositoryFolders folders;
    private Optional<Move> moved = Optional.empty();

    /** @param id the id of the repository */
    record Move(long id, RepositoryName from, RepositoryName to) {}

    FolderMove(RepositoryFolders folders) {
        this.folders = folders;
    }

    void move(long id, RepositoryName from, RepositoryName to) throws ChangeRefused, DependencyUnavailable {
        try {
            if (!folders.move(from, to)) {
                throw new ChangeRefused("The file server of " + from.owner() + " does not have " + from + ".");
            }
        } catch (DependencyUnavailable e) {
            // A server that stopped answering may still have moved the directory.
            if (!e.isBeforeAnyChange()) {
                moved = Optional.of(new Move(id, from, to));
            }
            throw e;
        }
        moved = Optional.of(new Move(id, from, to));
    }

    /** Returns the move, or empty if the directory was certainly not moved. */
    Optional<Move> moved() {
        return moved;
    }

    /**
     * Moves the directory back if it was moved.
     *
     * @throws DependencyUnavailable if it is unknown at which of the two paths the directory is now
     */
    void rollBack() throws DependencyUnavailable {
        if (moved.isEmpty()) {
            return;
        }
        var move = moved.get();
        try {
            // A missing directory at the new path was never moved: two moves on a file server never overlap.
            folders.move(move.to(), move.from());
        } catch (ChangeRefused | DependencyUnavailable e) {
            throw new DependencyUnavailable(
                    "The change was not made, but the folder may be at " + move.to() + " instead of " + move.from()
                            + ": " + e.getMessage(),
                    e);
        }
    }
}
