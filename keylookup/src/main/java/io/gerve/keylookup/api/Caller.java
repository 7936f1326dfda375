package io.gerve.keylookup.api;

import io.gerve.keylookup.key.Account;
import io.gerve.keylookup.key.Actor;
import io.gerve.keylookup.token.KnownToken;

/** Who asks. */
sealed interface Caller {
    /** Who may ask so many times in an hour. */
    String bucket();

    /** @param network the address, or the /64 of it that one customer of a provider has */
    record Anonymous(String network) implements Caller {
        @Override
        public String bucket() {
            return "address " + network;
        }
    }

    /** @param account the token's owner, or for whom the service acts */
    record Person(Account account, KnownToken token, Actor actor) implements Caller {
        /** By account, so that a person with many tokens has no more than others. */
        @Override
        public String bucket() {
            return "account " + account.id();
        }
    }
}
