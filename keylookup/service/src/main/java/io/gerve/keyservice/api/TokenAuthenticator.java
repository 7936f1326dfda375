package io.gerve.keyservice.api;

import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.Actor;
import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.directory.MysqlAccountDirectory;
import io.gerve.keylookup.token.AccessToken;
import io.gerve.keylookup.token.MysqlTokenStore;
import io.gerve.keylookup.token.TokenDetails;
import io.gerve.keylookup.token.TokenOwner;
import io.gerve.keyservice.http.ClientAddressResolver;
import io.gerve.keyservice.http.HttpRequest;
import io.gerve.keyservice.http.MalformedRequest;
import io.gerve.lookup.LookupUnavailable;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Authenticator of API callers by their access token. */
final class TokenAuthenticator {
    /** Header with the login of the user for whom a service token acts. */
    static final String ON_BEHALF_OF = "X-Gerve-User";

    /** GitHub's clients use either scheme. */
    private static final Pattern CREDENTIALS = Pattern.compile("(?:bearer|token) +([!-~]+)", Pattern.CASE_INSENSITIVE);

    private final MysqlTokenStore tokens;
    private final MysqlAccountDirectory accounts;
    private final ClientAddressResolver addresses;
    private final TokenGuessLimiter guesses;

    TokenAuthenticator(
            MysqlTokenStore tokens,
            MysqlAccountDirectory accounts,
            ClientAddressResolver addresses,
            TokenGuessLimiter guesses) {
        this.tokens = tokens;
        this.accounts = accounts;
        this.addresses = addresses;
        this.guesses = guesses;
    }

    /** Returns the sender of the request as an anonymous caller. */
    Caller.Anonymous anonymous(HttpRequest request) {
        return new Caller.Anonymous(addresses.network(request));
    }

    /**
     * Returns the caller. A request without credentials has an anonymous one.
     *
     * @throws ApiError if the credentials are invalid: such a request is never handled as an anonymous one
     */
    Caller authenticate(HttpRequest request) throws ApiError, LookupUnavailable {
        Optional<String> credentials = header(request, "Authorization");
        Optional<String> onBehalfOf = header(request, ON_BEHALF_OF);
        if (credentials.isEmpty()) {
            if (onBehalfOf.isPresent()) {
                throw ApiError.authenticationMissing();
            }
            return anonymous(request);
        }
        TokenDetails token = token(credentials.get(), addresses.network(request));
        Caller.TokenOwnerCaller tokenOwner = switch (token.owner()) {
            case TokenOwner.OfAccount(Account account) -> accountCaller(account, token, onBehalfOf);
            case TokenOwner.Service _ -> serviceCaller(token, onBehalfOf);
        };
        refuseSuspended(tokenOwner.account());
        tokens.used(token);
        return tokenOwner;
    }

    private static Optional<String> header(HttpRequest request, String name) throws ApiError {
        try {
            return request.header(name);
        } catch (MalformedRequest e) {
            throw ApiError.malformed(e);
        }
    }

    private TokenDetails token(String credentials, String network) throws ApiError, LookupUnavailable {
        Matcher matcher = CREDENTIALS.matcher(credentials);
        AccessToken token = (matcher.matches() ? AccessToken.parse(matcher.group(1)) : Optional.<AccessToken>empty())
                .orElseThrow(ApiError::badCredentials);
        if (!guesses.isAllowed(network, token)) {
            throw ApiError.tooManyGuesses();
        }
        Optional<TokenDetails> details = tokens.find(token);
        if (details.isEmpty()) {
            guesses.recordWrong(network);
            throw ApiError.badCredentials();
        }
        guesses.recordValid(network, token);
        return details.get();
    }

    private static Caller.TokenOwnerCaller accountCaller(
            Account account, TokenDetails token, Optional<String> onBehalfOf) throws ApiError {
        if (onBehalfOf.isPresent()) {
            throw ApiError.forbidden(
                    "Only a service token can act for another user. Remove the header " + ON_BEHALF_OF + ".");
        }
        return new Caller.TokenOwnerCaller(
                account, token, new Actor(account.login().text(), "rest"));
    }

    private Caller.TokenOwnerCaller serviceCaller(TokenDetails token, Optional<String> login)
            throws ApiError, LookupUnavailable {
        if (login.isEmpty()) {
            throw ApiError.forbidden(
                    "A service token must act for a user. Name one in the header " + ON_BEHALF_OF + ".");
        }
        Optional<Login> user = login.flatMap(Login::parse);
        Optional<Account> account = user.isEmpty() ? Optional.empty() : accounts.find(user.get());
        return account.filter(found -> found.kind() == Account.Kind.USER)
                .map(found -> new Caller.TokenOwnerCaller(
                        found, token, new Actor(found.login().text(), "web")))
                .orElseThrow(() -> ApiError.forbidden("The user in the header " + ON_BEHALF_OF + " does not exist."));
    }

    private static void refuseSuspended(Account account) throws ApiError {
        switch (account.status()) {
            case ACTIVE -> {}
            case SUSPENDED -> {
                String reason = account.suspendedReason().isEmpty() ? "" : " " + account.suspendedReason();
                throw ApiError.forbidden("Sorry. Your account was suspended." + reason);
            }
        }
    }
}
