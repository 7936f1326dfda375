package io.gerve.testing;

import io.gerve.admin.AdoptedFolder;
import io.gerve.admin.DependencyUnavailable;
import io.gerve.admin.FolderDetails;
import io.gerve.admin.NewFolder;
import io.gerve.admin.RepositoryFolders;
import io.gerve.git.BranchName;
import io.gerve.git.RepositoryName;

/** Repository folders of a site whose repositories exist only as rows. */
public class NoRepositoryFolders implements RepositoryFolders {
    @Override
    public FolderDetails create(RepositoryName repository, NewFolder form) {
        return FolderDetails.UNKNOWN;
    }

    @Override
    public FolderDetails adopt(AdoptedFolder source, RepositoryName repository) {
        return FolderDetails.UNKNOWN;
    }

    @Override
    public void check(AdoptedFolder source, RepositoryName repository) {}

    @Override
    public FolderDetails show(RepositoryName repository) {
        return FolderDetails.UNKNOWN;
    }

    @Override
    public FolderDetails setDefaultBranch(RepositoryName repository, BranchName branch) {
        return FolderDetails.UNKNOWN;
    }

    @Override
    public boolean move(RepositoryName from, RepositoryName to) {
        return true;
    }

    @Override
    public void remove(RepositoryName repository) throws DependencyUnavailable {}
}
