package io.gerve.keylookup.api;

import io.gerve.keylookup.http.ClientAddress;
import io.gerve.keylookup.http.Malformed;
import io.gerve.keylookup.http.Request;
import io.gerve.keylookup.key.Account;
import io.gerve.keylookup.key.Actor;
import io.gerve.keylookup.key.Login;
import io.gerve.keylookup.key.MysqlAccounts;
import io.gerve.keylookup.token.AccessToken;
import io.gerve.keylookup.token.KnownToken;
import io.gerve.keylookup.token.MysqlTokens;
import io.gerve.keylookup.token.TokenHolder;
import io.gerve.lookup.LookupUnavailable;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds out who asks, by the token they bring. */
final class Callers {
    /** For whom the web application acts. */
    static final String ON_BEHALF_OF = "X-Gerve-User";

    /** GitHub's clients say either. */
    private static final Pattern CREDENTIALS = Pattern.compile("(?:bearer|token) +([!-~]+)", Pattern.CASE_INSENSITIVE);

    private final MysqlTokens tokens;
    private final MysqlAccounts accounts;
    private final ClientAddress addresses;
    private final TokenGuesses guesses;

    Callers(MysqlTokens tokens, MysqlAccounts accounts, ClientAddress addresses, TokenGuesses guesses) {
        this.tokens = tokens;
        this.accounts = accounts;
        this.addresses = addresses;
        this.guesses = guesses;
    }

    Caller.Anonymous anonymous(Request request) {
        return new Caller.Anonymous(addresses.network(request));
    }

    /** @throws Refusal if what they bring is no good; nobody is taken for somebody else, or for nobody, because of that */
    Caller caller(Request request) throws Refusal, LookupUnavailable {
        Optional<String> credentials = header(request, "Authorization");
        Optional<String> onBehalfOf = header(request, ON_BEHALF_OF);
        if (credentials.isEmpty()) {
            if (onBehalfOf.isPresent()) {
                throw Refusal.authenticationMissing();
            }
            return anonymous(request);
        }
        KnownToken token = token(credentials.get(), addresses.network(request));
        Caller.Person person = switch (token.holder()) {
            case TokenHolder.OfAccount(Account account) -> person(account, token, onBehalfOf);
            case TokenHolder.Service _ -> actingFor(token, onBehalfOf);
        };
        refuseSuspended(person.account());
        tokens.used(token);
        return person;
    }

    private static Optional<String> header(Request request, String name) throws Refusal {
        try {
            return request.header(name);
        } catch (Malformed e) {
            throw Refusal.malformed(e);
        }
    }

    private KnownToken token(String credentials, String network) throws Refusal, LookupUnavailable {
        Matcher form = CREDENTIALS.matcher(credentials);
        AccessToken token = (form.matches() ? AccessToken.parse(form.group(1)) : Optional.<AccessToken>empty())
                .orElseThrow(Refusal::badCredentials);
        if (!guesses.mayTry(network, token)) {
            throw Refusal.tooManyGuesses();
        }
        Optional<KnownToken> known = tokens.find(token);
        if (known.isEmpty()) {
            guesses.wasWrong(network);
            throw Refusal.badCredentials();
        }
        guesses.wasGood(network, token);
        return known.get();
    }

    private static Caller.Person person(Account account, KnownToken token, Optional<String> onBehalfOf) throws Refusal {
        if (onBehalfOf.isPresent()) {
            throw Refusal.forbidden("Only a service token acts for others; leave the header " + ON_BEHALF_OF + " out.");
        }
        return new Caller.Person(account, token, new Actor(account.login().text(), "rest"));
    }

    private Caller.Person actingFor(KnownToken token, Optional<String> login) throws Refusal, LookupUnavailable {
        if (login.isEmpty()) {
            throw Refusal.forbidden("A service token acts for a user: name one in the header " + ON_BEHALF_OF + ".");
        }
        Optional<Login> user = login.flatMap(Login::parse);
        Optional<Account> account = user.isEmpty() ? Optional.empty() : accounts.find(user.get());
        return account.filter(found -> found.kind() == Account.Kind.USER)
                .map(found ->
                        new Caller.Person(found, token, new Actor(found.login().text(), "web")))
                .orElseThrow(() -> Refusal.forbidden("There is no such user as " + ON_BEHALF_OF + " names."));
    }

    private static void refuseSuspended(Account account) throws Refusal {
        switch (account.standing()) {
            case ACTIVE -> {}
            case SUSPENDED -> {
                String reason = account.suspendedReason().isEmpty() ? "" : " " + account.suspendedReason();
                throw Refusal.forbidden("Sorry. Your account was suspended." + reason);
            }
        }
    }
}
