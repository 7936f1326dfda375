package io.gerve.testing;

import io.gerve.git.RepositoryName;
import io.gerve.registry.RepositoryFolders;

/** Of a site whose repositories are rows and nothing else. */
public final class NoFolders implements RepositoryFolders {
    @Override
    public void create(RepositoryName repository) {}

    @Override
    public boolean move(RepositoryName from, RepositoryName to) {
        return true;
    }

    @Override
    public void remove(RepositoryName repository) {}
}
