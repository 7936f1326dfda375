package io.gerve.testing;

import io.gerve.admin.RepositoryFolders;
import io.gerve.git.RepositoryName;

/** Repository folders of a site whose repositories exist only as rows. */
public final class NoRepositoryFolders implements RepositoryFolders {
    @Override
    public void create(RepositoryName repository) {}

    @Override
    public boolean move(RepositoryName from, RepositoryName to) {
        return true;
    }

    @Override
    public void remove(RepositoryName repository) {}
}
