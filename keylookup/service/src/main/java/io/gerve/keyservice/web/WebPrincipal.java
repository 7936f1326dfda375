package io.gerve.keyservice.web;

import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.Actor;
import io.gerve.keylookup.token.TokenDetails;
import io.gerve.keylookup.token.TokenScope;
import io.gerve.keyservice.http.RateLimiter;

/** Whose browser it is. */
sealed interface WebPrincipal {
    /** By which this browser is known. */
    SessionSecret secret();

    RateLimiter.Limit share(RateLimiter limits);

    /** Somebody who is not signed in. */
    record Anonymous(SessionSecret secret, String network) implements WebPrincipal {
        @Override
        public RateLimiter.Limit share(RateLimiter limits) {
            return limits.ofAddress(network);
        }
    }

    /**
     * Somebody who is.
     *
     * @param notice what the next page is to say, empty for nothing
     */
    record SignedIn(SessionSecret secret, Account account, TokenDetails token, String notice) implements WebPrincipal {
        @Override
        public RateLimiter.Limit share(RateLimiter limits) {
            return limits.ofAccount(account.id());
        }

        boolean may(TokenScope scope) {
            return token.allows(scope);
        }

        Actor actor() {
            return new Actor(account.login().text(), "settings");
        }
    }
}
