package io.gerve.keylookup.token;

import io.gerve.keylookup.directory.Account;

/** Owner of a token. */
public sealed interface TokenOwner {
    /** An account. Its tokens grant at most the access of the account. */
    record OfAccount(Account account) implements TokenOwner {}

    /** The site's web application. With its tokens it acts on behalf of an account that it names. */
    record Service() implements TokenOwner {}
}
