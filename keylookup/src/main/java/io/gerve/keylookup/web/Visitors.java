package io.gerve.keylookup.web;

import io.gerve.keylookup.http.ClientAddress;
import io.gerve.keylookup.http.Request;
import io.gerve.keylookup.key.Account;
import io.gerve.keylookup.token.TokenHolder;
import io.gerve.lookup.LookupUnavailable;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Finds out whose browser it is, by its cookie. */
final class Visitors {
    private final MysqlSessions sessions;
    private final SessionCookie cookie;
    private final ClientAddress addresses;
    private final RandomGenerator chance;

    /** @param chance must not be guessable */
    Visitors(MysqlSessions sessions, SessionCookie cookie, ClientAddress addresses, RandomGenerator chance) {
        this.sessions = sessions;
        this.cookie = cookie;
        this.addresses = addresses;
        this.chance = chance;
    }

    /** @throws Problem if the account was suspended; it is no longer signed in then */
    Visitor visitor(Request request) throws Problem, LookupUnavailable {
        Optional<BrowserSecret> kept = cookie.read(request);
        BrowserSecret secret = kept.orElseGet(() -> BrowserSecret.generate(chance));
        Optional<MysqlSessions.Session> session = kept.isEmpty() ? Optional.empty() : sessions.find(secret);
        if (session.isEmpty() || !(session.get().token().holder() instanceof TokenHolder.OfAccount(Account account))) {
            return new Visitor.Stranger(secret, addresses.network(request));
        }
        return switch (account.standing()) {
            case ACTIVE ->
                new Visitor.Member(
                        secret, account, session.get().token(), session.get().notice());
            case SUSPENDED -> {
                sessions.close(secret);
                throw Problem.suspended(account.suspendedReason());
            }
        };
    }
}
