package io.gerve.audit;

import io.gerve.access.Repository;
import io.gerve.access.Role;
import io.gerve.keylookup.key.Account;

/** Facts about a site as they are, or were at a time, recorded. */
final class Recorded {
    private Recorded() {}

    record Owned(Repository repository, Account owner) {}

    record Holder(Account account, Role basePermission) {}

    /** @param parent 0 if the team is at the top */
    record Team(long id, long organization, String slug, long parent) {}

    /** Two ids, of things that stand in a relation. */
    record Pair(long one, long other) {}
}
