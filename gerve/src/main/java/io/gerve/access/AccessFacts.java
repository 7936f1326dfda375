package io.gerve.access;

import io.gerve.keylookup.directory.Account;

/** What the database records about a requested repository name and the rights of the principal on it. */
public sealed interface AccessFacts {
    /** No repository has or had the name. */
    record Unknown() implements AccessFacts {}

    /** @param rights the rights of the principal on the repository */
    record Known(Repository repository, Account owner, SiteMode siteMode, Rights rights) implements AccessFacts {
        /** Returns whether any rule gives the principal at least the needed role. */
        public boolean grants(Role needed) {
            return rights.grantingRule(needed, repository).isPresent();
        }
    }

    /** Returns whether the principal may know that the repository exists. */
    default boolean isReadable() {
        return switch (this) {
            case Unknown _ -> false;
            case Known known -> known.grants(Role.READ);
        };
    }
}
