package io.gerve.access;

import io.gerve.keylookup.directory.Account;

/** What is recorded of a name that somebody asked for. */
public sealed interface AccessFacts {
    /** No repository has the name, or had it. */
    record Unknown() implements AccessFacts {}

    /** @param rights the asker's */
    record Known(Repository repository, Account owner, SiteMode siteMode, Rights rights) implements AccessFacts {
        /** Whether the principal has at least this role, by whatever rule. */
        public boolean grants(Role needed) {
            return rights.grantingRule(needed, repository).isPresent();
        }
    }

    /** Whether the asker may know that there is a repository. */
    default boolean isReadable() {
        return switch (this) {
            case Unknown _ -> false;
            case Known known -> known.grants(Role.READ);
        };
    }
}
