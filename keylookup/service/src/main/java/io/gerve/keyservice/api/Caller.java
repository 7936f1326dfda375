package io.gerve.keyservice.api;

import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.Actor;
import io.gerve.keylookup.token.TokenDetails;
import io.gerve.keyservice.http.RateLimiter;

/** Who asks. */
sealed interface Caller {
    /** What they may ask for in an hour. */
    RateLimiter.Limit share(RateLimiter limits);

    /** @param network the address, or the /64 of it that one customer of a provider has */
    record Anonymous(String network) implements Caller {
        @Override
        public RateLimiter.Limit share(RateLimiter limits) {
            return limits.ofAddress(network);
        }
    }

    /** @param account the token's owner, or for whom the service acts */
    record TokenOwnerCaller(Account account, TokenDetails token, Actor actor) implements Caller {
        @Override
        public RateLimiter.Limit share(RateLimiter limits) {
            return limits.ofAccount(account.id());
        }
    }
}
