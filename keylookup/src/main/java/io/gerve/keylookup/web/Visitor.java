package io.gerve.keylookup.web;

import io.gerve.keylookup.http.RateLimits;
import io.gerve.keylookup.key.Account;
import io.gerve.keylookup.key.Actor;
import io.gerve.keylookup.token.KnownToken;
import io.gerve.keylookup.token.Scope;

/** Whose browser it is. */
sealed interface Visitor {
    /** By which this browser is known. */
    BrowserSecret secret();

    RateLimits.Share share(RateLimits limits);

    /** Somebody who is not signed in. */
    record Stranger(BrowserSecret secret, String network) implements Visitor {
        @Override
        public RateLimits.Share share(RateLimits limits) {
            return limits.ofAddress(network);
        }
    }

    /**
     * Somebody who is.
     *
     * @param notice what the next page is to say, empty for nothing
     */
    record Member(BrowserSecret secret, Account account, KnownToken token, String notice) implements Visitor {
        @Override
        public RateLimits.Share share(RateLimits limits) {
            return limits.ofAccount(account.id());
        }

        boolean may(Scope scope) {
            return token.allows(scope);
        }

        Actor actor() {
            return new Actor(account.login().text(), "settings");
        }
    }
}
