package io.gerve.keylookup.web;

import io.gerve.keylookup.http.ClientAddress;
import io.gerve.keylookup.http.RateLimits;
import io.gerve.keylookup.http.Reply;
import io.gerve.keylookup.key.Account;
import io.gerve.keylookup.token.AccessToken;
import io.gerve.keylookup.token.KnownToken;
import io.gerve.keylookup.token.MysqlTokens;
import io.gerve.keylookup.token.Scope;
import io.gerve.keylookup.token.TokenHolder;
import io.gerve.lookup.LookupUnavailable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Signing in with a token, and out again. */
final class SignIn {
    static final String PATH = "/settings/sign-in";

    private static final Field TOKEN = Field.empty(
            "token", "Access token", "It begins with gerve_. What you may do here is what the token allows.");

    private final MysqlTokens tokens;
    private final MysqlSessions sessions;
    private final Doorman doorman;
    private final Pages pages;
    private final RandomGenerator chance;

    /** How attempts are told apart and counted, and where the browser keeps its secret. */
    record Doorman(ClientAddress addresses, RateLimits limits, SessionCookie cookie) {}

    /** @param chance must not be guessable */
    SignIn(MysqlTokens tokens, MysqlSessions sessions, Doorman doorman, Pages pages, RandomGenerator chance) {
        this.tokens = tokens;
        this.sessions = sessions;
        this.doorman = doorman;
        this.pages = pages;
        this.chance = chance;
    }

    List<Route> routes() {
        var anybody = new Route.Anybody();
        return List.of(
                Route.get("/", anybody, this::first),
                Route.get("/settings", anybody, this::first),
                Route.get(PATH, anybody, this::ask),
                Route.post(PATH, anybody, this::signIn),
                Route.post("/settings/sign-out", new Route.Members(), this::signOut));
    }

    private Reply first(Visit visit) {
        return switch (visit.visitor()) {
            case Visitor.Stranger _ -> pages.redirect(PATH);
            case Visitor.Member member -> pages.redirect(firstPage(member.token()));
        };
    }

    private static String firstPage(KnownToken token) {
        return token.allows(Scope.READ_PUBLIC_KEY) ? Keyring.OWN : Keyring.REPOSITORIES;
    }

    private Reply ask(Visit visit) {
        return switch (visit.visitor()) {
            case Visitor.Stranger stranger ->
                form(Reply.OK, visit, TOKEN).with("Set-Cookie", doorman.cookie().set(stranger.secret()));
            case Visitor.Member member -> pages.redirect(firstPage(member.token()));
        };
    }

    private Reply signIn(Visit visit) throws Problem, LookupUnavailable {
        RateLimits.Share share = doorman.limits().ofSignIns(doorman.addresses().network(visit.request()));
        if (doorman.limits().count(share).isExceeded()) {
            throw Problem.tooManySignIns();
        }
        Optional<AccessToken> token = AccessToken.parse(visit.form().text("token"));
        if (token.isEmpty()) {
            return refuse(
                    visit, "This is no access token: it begins with gerve_ and has 52 characters. Copy it whole.");
        }
        Optional<KnownToken> known = tokens.find(token.get());
        if (known.isEmpty()) {
            return refuse(visit, "This token is unknown, was revoked, or has expired.");
        }
        return switch (known.get().holder()) {
            case TokenHolder.Service _ ->
                refuse(visit, "This is the token of a program. Sign in with one of your own.");
            case TokenHolder.OfAccount(Account account)
            when account.standing() == Account.Standing.SUSPENDED -> throw Problem.suspended(account.suspendedReason());
            case TokenHolder.OfAccount _ -> {
                doorman.limits().uncount(share);
                yield welcome(visit, known.get());
            }
        };
    }

    /** By a new secret: whoever planted the old one, or saw it before, is not signed in with it. */
    private Reply welcome(Visit visit, KnownToken token) throws LookupUnavailable {
        sessions.close(visit.visitor().secret());
        var secret = BrowserSecret.generate(chance);
        sessions.open(secret, token);
        tokens.used(token);
        return pages.redirect(firstPage(token))
                .with("Set-Cookie", doorman.cookie().set(secret));
    }

    private Reply signOut(Visit visit) throws LookupUnavailable {
        sessions.close(visit.visitor().secret());
        return pages.redirect(PATH + "?signed-out")
                .with("Set-Cookie", doorman.cookie().clear());
    }

    /** The token is not sent back. */
    private Reply refuse(Visit visit, String why) {
        return form(422, visit, TOKEN.with("", why));
    }

    private Reply form(int status, Visit visit, Field field) {
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
