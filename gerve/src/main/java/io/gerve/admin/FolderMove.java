package io.gerve.admin;

import io.gerve.git.RepositoryName;
import java.util.Optional;

/** A move on a file server that is taken back if the database did not come to hold it. Used by one thread. */
final class FolderMove {
    private final RepositoryFolders folders;
    private Optional<Move> done = Optional.empty();

    /** @param id of the repository */
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
            // A server that stopped answering may have moved it all the same.
            if (!e.isBeforeAnyChange()) {
                done = Optional.of(new Move(id, from, to));
            }
            throw e;
        }
        done = Optional.of(new Move(id, from, to));
    }

    /** Empty if it was certainly not moved. */
    Optional<Move> commit() {
        return done;
    }

    /**
     * Moves it back, if it was moved.
     *
     * @throws DependencyUnavailable if it is not known at which of the two places it is now
     */
    void rollBack() throws DependencyUnavailable {
        if (done.isEmpty()) {
            return;
        }
        var move = done.get();
        try {
            // If there is none at the new place it was never moved: two moves on a file server never overlap.
            folders.move(move.to(), move.from());
        } catch (ChangeRefused | DependencyUnavailable e) {
            throw new DependencyUnavailable(
                    "The change was not made, but the folder may lie at " + move.to() + " instead of " + move.from()
                            + ": " + e.getMessage(),
                    e);
        }
    }
}
