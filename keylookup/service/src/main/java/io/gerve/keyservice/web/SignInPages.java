package io.gerve.keyservice.web;

import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.token.AccessToken;
import io.gerve.keylookup.token.MysqlTokenStore;
import io.gerve.keylookup.token.TokenDetails;
import io.gerve.keylookup.token.TokenOwner;
import io.gerve.keylookup.token.TokenScope;
import io.gerve.keyservice.http.ClientAddressResolver;
import io.gerve.keyservice.http.HttpResponse;
import io.gerve.keyservice.http.RateLimiter;
import io.gerve.lookup.LookupUnavailable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Signing in with a token, and out again. */
final class SignInPages {
    static final String PATH = "/settings/sign-in";

    private static final FormField TOKEN = FormField.empty(
            "token", "Access token", "It begins with gerve_. What you may do here is what the token allows.");

    private final MysqlTokenStore tokens;
    private final MysqlWebSessionStore sessions;
    private final Protection protection;
    private final PageRenderer pages;
    private final RandomGenerator chance;

    /** How attempts are told apart and counted, and where the browser keeps its secret. */
    record Protection(ClientAddressResolver addresses, RateLimiter limits, SessionCookie cookie) {}

    /** @param chance must not be guessable */
    SignInPages(
            MysqlTokenStore tokens,
            MysqlWebSessionStore sessions,
            Protection doorman,
            PageRenderer pages,
            RandomGenerator chance) {
        this.tokens = tokens;
        this.sessions = sessions;
        this.protection = doorman;
        this.pages = pages;
        this.chance = chance;
    }

    List<PageRoute> routes() {
        var anybody = new PageRoute.Public();
        return List.of(
                PageRoute.get("/", anybody, this::first),
                PageRoute.get("/settings", anybody, this::first),
                PageRoute.get(PATH, anybody, this::ask),
                PageRoute.post(PATH, anybody, this::signIn),
                PageRoute.post("/settings/sign-out", new PageRoute.SignedIn(), this::signOut));
    }

    private HttpResponse first(PageRequest visit) {
        return switch (visit.principal()) {
            case WebPrincipal.Anonymous _ -> pages.redirect(PATH);
            case WebPrincipal.SignedIn member -> pages.redirect(firstPage(member.token()));
        };
    }

    private static String firstPage(TokenDetails token) {
        return token.allows(TokenScope.READ_PUBLIC_KEY) ? ManagedKeys.OWN : ManagedKeys.REPOSITORIES;
    }

    private HttpResponse ask(PageRequest visit) {
        return switch (visit.principal()) {
            case WebPrincipal.Anonymous stranger ->
                form(HttpResponse.OK, visit, TOKEN)
                        .with("Set-Cookie", protection.cookie().set(stranger.secret()));
            case WebPrincipal.SignedIn member -> pages.redirect(firstPage(member.token()));
        };
    }

    private HttpResponse signIn(PageRequest visit) throws PageError, LookupUnavailable {
        RateLimiter.Limit share =
                protection.limits().ofSignIns(protection.addresses().network(visit.request()));
        if (protection.limits().count(share).isExceeded()) {
            throw PageError.tooManySignIns();
        }
        Optional<AccessToken> token = AccessToken.parse(visit.form().text("token"));
        if (token.isEmpty()) {
            return refuse(
                    visit, "This is no access token: it begins with gerve_ and has 52 characters. Copy it whole.");
        }
        Optional<TokenDetails> known = tokens.find(token.get());
        if (known.isEmpty()) {
            return refuse(visit, "This token is unknown, was revoked, or has expired.");
        }
        return switch (known.get().owner()) {
            case TokenOwner.Service _ -> refuse(visit, "This is the token of a program. Sign in with one of your own.");
            case TokenOwner.OfAccount(Account account)
            when account.status() == Account.Status.SUSPENDED -> throw PageError.suspended(account.suspendedReason());
            case TokenOwner.OfAccount _ -> {
                protection.limits().uncount(share);
                yield welcome(visit, known.get());
            }
        };
    }

    /** By a new secret: whoever planted the old one, or saw it before, is not signed in with it. */
    private HttpResponse welcome(PageRequest visit, TokenDetails token) throws LookupUnavailable {
        sessions.close(visit.principal().secret());
        var secret = SessionSecret.generate(chance);
        sessions.open(secret, token);
        tokens.used(token);
        return pages.redirect(firstPage(token))
                .with("Set-Cookie", protection.cookie().set(secret));
    }

    private HttpResponse signOut(PageRequest visit) throws LookupUnavailable {
        sessions.close(visit.principal().secret());
        return pages.redirect(PATH + "?signed-out")
                .with("Set-Cookie", protection.cookie().clear());
    }

    /** The token is not sent back. */
    private HttpResponse refuse(PageRequest visit, String why) {
        return form(422, visit, TOKEN.with("", why));
    }

    private HttpResponse form(int status, PageRequest visit, FormField field) {
        Map<String, String> query = visit.request().query();
        String greeting = query.containsKey("signed-out")
                ? "You have signed out."
                : query.containsKey("again") ? "Please sign in to go on." : "";
        return pages.page(
                status,
                "sign-in",
                visit,
                Map.of(
                        "title",
                        "Sign in",
                        "field",
                        field,
                        "wrong",
                        field.isWrong() ? List.of(field) : List.of(),
                        "greeting",
                        field.isWrong() ? "" : greeting));
    }
}
