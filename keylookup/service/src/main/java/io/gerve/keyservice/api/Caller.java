package io.gerve.keyservice.api;

import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.Actor;
import io.gerve.keylookup.token.TokenDetails;
import io.gerve.keyservice.http.RateLimiter;

/** Sender of a request. */
sealed interface Caller {
    /** Returns the rate limit that applies to the caller. */
    RateLimiter.Limit rateLimit(RateLimiter limits);

    /**
     * Caller without a token.
     *
     * @param network the client's IPv4 address or the /64 network of its IPv6 address
     */
    record Anonymous(String network) implements Caller {
        @Override
        public RateLimiter.Limit rateLimit(RateLimiter limits) {
            return limits.ofAddress(network);
        }
    }

    /**
     * Caller with a valid token.
     *
     * @param account the token's owner, or the user for whom a service token acts
     */
    record TokenOwnerCaller(Account account, TokenDetails token, Actor actor) implements Caller {
        @Override
        public RateLimiter.Limit rateLimit(RateLimiter limits) {
            return limits.ofAccount(account.id());
        }
    }
}
