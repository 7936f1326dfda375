package io.gerve.registry;

import io.gerve.git.RepositoryName;
import java.util.Optional;

/** A move on a file server that is taken back if the database did not come to hold it. Used by one thread. */
final class MovedFolder {
    private final RepositoryFolders folders;
    private Optional<Move> done = Optional.empty();

    /** @param id of the repository */
    record Move(long id, RepositoryName from, RepositoryName to) {}

    MovedFolder(RepositoryFolders folders) {
        this.folders = folders;
    }

    void move(long id, RepositoryName from, RepositoryName to) throws Refused, Unreachable {
        // Noted before, since a server that stops answering may have moved it all the same.
        done = Optional.of(new Move(id, from, to));
        try {
            folders.move(from, to);
        } catch (Refused e) {
            done = Optional.empty();
            throw e;
        }
    }

    /** Empty if it was certainly not moved. */
    Optional<Move> done() {
        return done;
    }

    /**
     * Moves it back, if it was moved.
     *
     * @throws Unreachable if it is not known at which of the two places it is now
     */
    void back() throws Unreachable {
        if (done.isEmpty()) {
            return;
        }
        var move = done.get();
        try {
            folders.move(move.to(), move.from());
        } catch (Refused e) {
            // It is not there, so it was never moved.
        } catch (Unreachable e) {
            throw new Unreachable(
                    "The change was not made, but the folder may lie at " + move.to() + " instead of " + move.from()
                            + ": " + e.getMessage(),
                    e);
        }
    }
}
