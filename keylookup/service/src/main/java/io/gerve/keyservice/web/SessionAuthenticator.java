package io.gerve.keyservice.web;

import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.token.TokenOwner;
import io.gerve.keyservice.http.ClientAddressResolver;
import io.gerve.keyservice.http.HttpRequest;
import io.gerve.lookup.LookupUnavailable;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Authenticator of users by their session cookie. */
final class SessionAuthenticator {
    private final MysqlWebSessionStore sessions;
    private final SessionCookie cookie;
    private final ClientAddressResolver addresses;
    private final RandomGenerator random;

    /** @param random a cryptographically secure generator */
    SessionAuthenticator(
            MysqlWebSessionStore sessions,
            SessionCookie cookie,
            ClientAddressResolver addresses,
            RandomGenerator random) {
        this.sessions = sessions;
        this.cookie = cookie;
        this.addresses = addresses;
        this.random = random;
    }

    /**
     * Returns the user who is signed in, or an anonymous principal with a new secret.
     *
     * @throws PageError if the account is suspended; closes the session
     */
    WebPrincipal authenticate(HttpRequest request) throws PageError, LookupUnavailable {
        Optional<SessionSecret> cookieSecret = cookie.read(request);
        SessionSecret secret = cookieSecret.orElseGet(() -> SessionSecret.generate(random));
        Optional<MysqlWebSessionStore.Session> session =
                cookieSecret.isEmpty() ? Optional.empty() : sessions.find(secret);
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
