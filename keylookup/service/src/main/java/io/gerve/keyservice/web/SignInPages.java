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

/** Pages to sign in with an access token and to sign out. */
final class SignInPages {
    static final String PATH = "/settings/sign-in";

    private static final FormField TOKEN = FormField.empty(
            "token", "Access token", "It begins with gerve_. Its scopes determine what you can do here.");

    private final MysqlTokenStore tokens;
    private final MysqlWebSessionStore sessions;
    private final Protection protection;
    private final PageRenderer pages;
    private final RandomGenerator random;

    /** Client addresses, limit on failed sign-ins, and the session cookie. */
    record Protection(ClientAddressResolver addresses, RateLimiter limits, SessionCookie cookie) {}

    /** @param random a cryptographically secure generator */
    SignInPages(
            MysqlTokenStore tokens,
            MysqlWebSessionStore sessions,
            Protection signInProtection,
            PageRenderer pages,
            RandomGenerator random) {
        this.tokens = tokens;
        this.sessions = sessions;
        this.protection = signInProtection;
        this.pages = pages;
        this.random = random;
    }

    List<PageRoute> routes() {
        var everyone = new PageRoute.Public();
        return List.of(
                PageRoute.get("/", everyone, this::redirectToFirstPage),
                PageRoute.get("/settings", everyone, this::redirectToFirstPage),
                PageRoute.get(PATH, everyone, this::signInForm),
                PageRoute.post(PATH, everyone, this::signIn),
                PageRoute.post("/settings/sign-out", new PageRoute.SignedIn(), this::signOut));
    }

    private HttpResponse redirectToFirstPage(PageRequest page) {
        return switch (page.principal()) {
            case WebPrincipal.Anonymous _ -> pages.redirect(PATH);
            case WebPrincipal.SignedIn signedIn -> pages.redirect(firstPage(signedIn.token()));
        };
    }

    private static String firstPage(TokenDetails token) {
        return token.allows(TokenScope.READ_PUBLIC_KEY) ? ManagedKeys.OWN : ManagedKeys.REPOSITORIES;
    }

    private HttpResponse signInForm(PageRequest page) {
        return switch (page.principal()) {
            case WebPrincipal.Anonymous anonymous ->
                form(HttpResponse.OK, page, TOKEN)
                        .with("Set-Cookie", protection.cookie().set(anonymous.secret()));
            case WebPrincipal.SignedIn signedIn -> pages.redirect(firstPage(signedIn.token()));
        };
    }

    private HttpResponse signIn(PageRequest page) throws PageError, LookupUnavailable {
        RateLimiter.Limit limit =
                protection.limits().ofSignIns(protection.addresses().network(page.request()));
        if (protection.limits().count(limit).isExceeded()) {
            throw PageError.tooManySignIns();
        }
        Optional<AccessToken> token = AccessToken.parse(page.form().text("token"));
        if (token.isEmpty()) {
            return refuse(page, "This is not an access token. A token begins with gerve_ and has 52 characters.");
        }
        Optional<TokenDetails> found = tokens.find(token.get());
        if (found.isEmpty()) {
            return refuse(page, "This token is unknown, revoked or expired.");
        }
        return switch (found.get().owner()) {
            case TokenOwner.Service _ -> refuse(page, "This is a service token. Sign in with a token of your account.");
            case TokenOwner.OfAccount(Account account)
            when account.status() == Account.Status.SUSPENDED -> throw PageError.suspended(account.suspendedReason());
            case TokenOwner.OfAccount _ -> {
                protection.limits().uncount(limit);
                yield openSession(page, found.get());
            }
        };
    }

    /** Opens a session with a new secret, so that an attacker who planted or saw the old one cannot use the session. */
    private HttpResponse openSession(PageRequest page, TokenDetails token) throws LookupUnavailable {
        sessions.close(page.principal().secret());
        var secret = SessionSecret.generate(random);
        sessions.open(secret, token);
        tokens.used(token);
        return pages.redirect(firstPage(token))
                .with("Set-Cookie", protection.cookie().set(secret));
    }

    private HttpResponse signOut(PageRequest page) throws LookupUnavailable {
        sessions.close(page.principal().secret());
        return pages.redirect(PATH + "?signed-out")
                .with("Set-Cookie", protection.cookie().clear());
    }

    /** Shows the form with an error message, without the entered token. */
    private HttpResponse refuse(PageRequest page, String error) {
        return form(422, page, TOKEN.with("", error));
    }

    private HttpResponse form(int status, PageRequest page, FormField field) {
        Map<String, String> query = page.request().query();
        String message = query.containsKey("signed-out")
                ? "You have signed out."
                : query.containsKey("again") ? "Please sign in to continue." : "";
        return pages.page(
                status,
                "sign-in",
                page,
                Map.of(
                        "title",
                        "Sign in",
                        "field",
                        field,
                        "invalid_fields",
                        field.hasError() ? List.of(field) : List.of(),
                        "status_message",
                        field.hasError() ? "" : message));
    }
}
