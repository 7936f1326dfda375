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

/** Finds out who asks, by the token they bring. */
final class TokenAuthenticator {
    /** For whom the web application acts. */
    static final String ON_BEHALF_OF = "X-Gerve-User";

    /** GitHub's clients say either. */
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

    Caller.Anonymous anonymous(HttpRequest request) {
        return new Caller.Anonymous(addresses.network(request));
    }

    /** @throws ApiError if what they bring is no good; nobody is taken for somebody else, or for nobody, because of that */
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
        Caller.TokenOwnerCaller person = switch (token.owner()) {
            case TokenOwner.OfAccount(Account account) -> person(account, token, onBehalfOf);
            case TokenOwner.Service _ -> actingFor(token, onBehalfOf);
        };
        refuseSuspended(person.account());
        tokens.used(token);
        return person;
    }

    private static Optional<String> header(HttpRequest request, String name) throws ApiError {
        try {
            return request.header(name);
        } catch (MalformedRequest e) {
            throw ApiError.malformed(e);
        }
    }

    private TokenDetails token(String credentials, String network) throws ApiError, LookupUnavailable {
        Matcher form = CREDENTIALS.matcher(credentials);
        AccessToken token = (form.matches() ? AccessToken.parse(form.group(1)) : Optional.<AccessToken>empty())
                .orElseThrow(ApiError::badCredentials);
        if (!guesses.isAllowed(network, token)) {
            throw ApiError.tooManyGuesses();
        }
        Optional<TokenDetails> known = tokens.find(token);
        if (known.isEmpty()) {
            guesses.recordWrong(network);
            throw ApiError.badCredentials();
        }
        guesses.recordValid(network, token);
        return known.get();
    }

    private static Caller.TokenOwnerCaller person(Account account, TokenDetails token, Optional<String> onBehalfOf)
            throws ApiError {
        if (onBehalfOf.isPresent()) {
            throw ApiError.forbidden(
                    "Only a service token acts for others; leave the header " + ON_BEHALF_OF + " out.");
        }
        return new Caller.TokenOwnerCaller(
                account, token, new Actor(account.login().text(), "rest"));
    }

    private Caller.TokenOwnerCaller actingFor(TokenDetails token, Optional<String> login)
            throws ApiError, LookupUnavailable {
        if (login.isEmpty()) {
            throw ApiError.forbidden("A service token acts for a user: name one in the header " + ON_BEHALF_OF + ".");
        }
        Optional<Login> user = login.flatMap(Login::parse);
        Optional<Account> account = user.isEmpty() ? Optional.empty() : accounts.find(user.get());
        return account.filter(found -> found.kind() == Account.Kind.USER)
                .map(found -> new Caller.TokenOwnerCaller(
                        found, token, new Actor(found.login().text(), "web")))
                .orElseThrow(() -> ApiError.forbidden("There is no such user as " + ON_BEHALF_OF + " names."));
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
