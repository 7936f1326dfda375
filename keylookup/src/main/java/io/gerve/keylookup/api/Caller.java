package io.gerve.keylookup.api;

import io.gerve.keylookup.http.RateLimits;
import io.gerve.keylookup.key.Account;
import io.gerve.keylookup.key.Actor;
import io.gerve.keylookup.token.KnownToken;

/** Who asks. */
sealed interface Caller {
    /** What they may ask for in an hour. */
    RateLimits.Share share(RateLimits limits);

    /** @param network the address, or the /64 of it that one customer of a provider has */
    record Anonymous(String network) implements Caller {
        @Override
        public RateLimits.Share share(RateLimits limits) {
            return limits.ofAddress(network);
        }
    }

    /** @param account the token's owner, or for whom the service acts */
    record Person(Account account, KnownToken token, Actor actor) implements Caller {
        @Override
        public RateLimits.Share share(RateLimits limits) {
            return limits.ofAccount(account.id());
        }
    }
}
