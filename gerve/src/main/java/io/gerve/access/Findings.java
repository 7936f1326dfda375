package io.gerve.access;

import io.gerve.keylookup.key.Account;

/** What is recorded of a name that somebody asked for. */
public sealed interface Findings {
    /** No repository has the name, or had it. */
    record Unknown() implements Findings {}

    /** @param rights the asker's */
    record Known(Repository repository, Account owner, SiteSwitch site, Rights rights) implements Findings {}

    /** Whether the asker may know that there is a repository. */
    default boolean isReadable() {
        return switch (this) {
            case Unknown _ -> false;
            case Known known ->
                known.rights().ruleGiving(Role.READ, known.repository()).isPresent();
        };
    }
}
