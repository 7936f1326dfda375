package io.gerve.packaging.e2e;

import io.gerve.testbed.process.CommandResult;
import java.nio.file.Path;

/** Git client of the table in {@code doc/clients.md}. */
interface GitClient {
    /** Operations that a client can do with a repository. A clone is in the folder of the target. */
    enum Operation {
        LIST,
        CLONE,
        FETCH,
        PUSH
    }

    /**
     * What an operation is done with.
     *
     * @param repository {@code mojombo/bert}
     * @param folder the clone
     * @param key the private key to log in with
     * @param branch the branch to push main to
     */
    record Target(String repository, Path folder, Path key, String branch) {
        Target with(Path otherKey) {
            return new Target(repository, folder, otherKey, branch);
        }

        Target to(String otherRepository) {
            return new Target(otherRepository, folder.resolveSibling("none"), key, branch);
        }
    }

    String name();

    /** Returns the version that is installed. */
    String version() throws Exception;

    CommandResult run(Operation operation, Target target) throws Exception;
}
