package io.gerve.keylookup.token;

import io.gerve.keylookup.directory.Account;

/** Whose token it is. */
public sealed interface TokenOwner {
    /** A person's: it allows at most what the person may do. */
    record OfAccount(Account account) implements TokenOwner {}

    /** The site's web application's: it acts for whom it names. */
    record Service() implements TokenOwner {}
}
