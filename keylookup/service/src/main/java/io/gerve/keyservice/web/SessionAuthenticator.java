package io.gerve.keyservice.web;

import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.token.TokenOwner;
import io.gerve.keyservice.http.ClientAddressResolver;
import io.gerve.keyservice.http.HttpRequest;
import io.gerve.lookup.LookupUnavailable;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Finds out whose browser it is, by its cookie. */
final class SessionAuthenticator {
    private final MysqlWebSessionStore sessions;
    private final SessionCookie cookie;
    private final ClientAddressResolver addresses;
    private final RandomGenerator chance;

    /** @param chance must not be guessable */
    SessionAuthenticator(
            MysqlWebSessionStore sessions,
            SessionCookie cookie,
            ClientAddressResolver addresses,
            RandomGenerator chance) {
        this.sessions = sessions;
        this.cookie = cookie;
        this.addresses = addresses;
        this.chance = chance;
    }

    /** @throws PageError if the account was suspended; it is no longer signed in then */
    WebPrincipal authenticate(HttpRequest request) throws PageError, LookupUnavailable {
        Optional<SessionSecret> kept = cookie.read(request);
        SessionSecret secret = kept.orElseGet(() -> SessionSecret.generate(chance));
        Optional<MysqlWebSessionStore.Session> session = kept.isEmpty() ? Optional.empty() : sessions.find(secret);
        if (session.isEmpty() || !(session.get().token().owner() instanceof TokenOwner.OfAccount(Account account))) {
            return new WebPrincipal.Anonymous(secret, addresses.network(request));
        }
        return switch (account.status()) {
            case ACTIVE ->
                new WebPrincipal.SignedIn(
                        secret, account, session.get().token(), session.get().notice());
            case SUSPENDED -> {
                sessions.close(secret);
                throw PageError.suspended(account.suspendedReason());
            }
        };
    }
}
