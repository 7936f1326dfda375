package io.gerve.keylookup.token;

import io.gerve.keylookup.key.Account;

/** Whose token it is. */
public sealed interface TokenHolder {
    /** A person's: it allows at most what the person may do. */
    record OfAccount(Account account) implements TokenHolder {}

    /** The site's web application's: it acts for whom it names. */
    record Service() implements TokenHolder {}
}
