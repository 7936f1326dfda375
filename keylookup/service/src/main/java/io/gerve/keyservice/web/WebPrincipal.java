package io.gerve.keyservice.web;

import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.Actor;
import io.gerve.keylookup.token.TokenDetails;
import io.gerve.keylookup.token.TokenScope;
import io.gerve.keyservice.http.RateLimiter;

/** User of the settings page, signed in or anonymous. */
sealed interface WebPrincipal {
    /** Returns the secret that identifies the browser. */
    SessionSecret secret();

    /** Returns the name of the user for the log, and for the share of the concurrent requests, as the API has it. */
    String caller();

    /** Returns the rate limit that applies to the user. */
    RateLimiter.Limit rateLimit(RateLimiter limits);

    /**
     * User who is not signed in.
     *
     * @param network the client's IPv4 address or the /64 network of its IPv6 address
     */
    record Anonymous(SessionSecret secret, String network) implements WebPrincipal {
        @Override
        public String caller() {
            return "address " + network;
        }

        @Override
        public RateLimiter.Limit rateLimit(RateLimiter limits) {
            return limits.ofPagesFor(network);
        }
    }

    /**
     * User who is signed in.
     *
     * @param notice the message for this page, empty if there is none
     */
    record SignedIn(SessionSecret secret, Account account, TokenDetails token, String notice) implements WebPrincipal {
        @Override
        public String caller() {
            return "account " + account.id();
        }

        @Override
        public RateLimiter.Limit rateLimit(RateLimiter limits) {
            return limits.ofPagesOf(account.id());
        }

        boolean may(TokenScope scope) {
            return token.allows(scope);
        }

        Actor actor() {
            return new Actor(account.login().text(), "settings");
        }
    }
}
