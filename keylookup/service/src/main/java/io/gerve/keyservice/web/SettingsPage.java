package io.gerve.keyservice.web;

import io.gerve.config.KeylookupSettings;
import io.gerve.keylookup.policy.KeyPolicy;
import io.gerve.keylookup.store.MysqlKeyStore;
import io.gerve.keylookup.token.MysqlTokenStore;
import io.gerve.keyservice.http.ClientAddressResolver;
import io.gerve.keyservice.http.HttpHandler;
import io.gerve.keyservice.http.HttpRequest;
import io.gerve.keyservice.http.HttpRequestContext;
import io.gerve.keyservice.http.HttpResponse;
import io.gerve.keyservice.http.MalformedRequest;
import io.gerve.keyservice.http.RateLimiter;
import io.gerve.keyservice.repository.MysqlRepositoryAuthorizer;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.Database;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings page. Authenticates the user, applies the rate limit, finds the route, rejects forged forms, checks the
 * scope and calls the handler. Safe for use by many threads.
 */
public final class SettingsPage implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(SettingsPage.class);

    /**
     * Headers of every response. Browsers load only the style sheet, run no script, and neither show the page in
     * another site's frame nor send its forms elsewhere. With a stricter referrer policy browsers would send {@code
     * Origin: null}.
     */
    private static final Map<String, String> ALWAYS = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
            "Cross-Origin-Opener-Policy",
            "same-origin",
            "Cross-Origin-Resource-Policy",
            "same-origin",
            "Referrer-Policy",
            "same-origin",
            "X-Content-Type-Options",
            "nosniff",
            "X-Frame-Options",
            "DENY");

    private final List<PageRoute> routes;
    private final SessionAuthenticator authenticator;
    private final MysqlWebSessionStore sessions;
    private final RateLimiter limits;
    private final ClientAddressResolver addresses;
    private final CsrfGuard guard;
    private final PageRenderer pages;

    /** Stores that the page uses. The caller closes them after the page. */
    public record Stores(
            Database database, MysqlKeyStore keyStore, MysqlTokenStore tokens, MysqlRepositoryAuthorizer authorizer) {}

    /**
     * Client addresses, rate limits and the source of secrets.
     *
     * @param random a cryptographically secure generator
     */
    public record Protection(ClientAddressResolver addresses, RateLimiter limits, RandomGenerator random) {}

    public SettingsPage(
            KeylookupSettings settings, Stores stores, KeyPolicy policy, Protection protection, InstantSource clock) {
        var cookie = new SessionCookie(settings.url());
        this.pages = new PageRenderer(settings.url());
        this.guard = new CsrfGuard(settings.url());
        this.limits = protection.limits();
        this.addresses = protection.addresses();
        this.sessions = new MysqlWebSessionStore(stores.database(), stores.tokens(), settings.sessions(), clock);
        this.authenticator = new SessionAuthenticator(sessions, cookie, protection.addresses(), protection.random());
        var signInProtection = new SignInPages.Protection(protection.addresses(), limits, cookie);
        this.routes = Stream.of(
                        new SignInPages(stores.tokens(), sessions, signInProtection, pages, protection.random())
                                .routes(),
                        new KeyPages(stores, sessions, policy, pages, clock).routes(),
                        new RepositoryPages(stores.authorizer(), pages).routes())
                .flatMap(List::stream)
                .toList();
    }

    @Override
    public boolean serves(HttpRequest request) {
        String first = request.path().getFirst();
        return first.equals("settings") || request.path().equals(List.of(""));
    }

    @Override
    public HttpResponse handle(HttpRequest request, HttpRequestContext context) {
        if (request.path().equals(List.of("settings", pages.styleSheetName()))) {
            context.operation("/settings/style.css");
            return withHeaders(request, pages.style());
        }
        try {
            return withHeaders(request, handlePage(request, context));
        } catch (PageError error) {
            return withHeaders(request, pages.error(error, request));
        } catch (MalformedRequest e) {
            return withHeaders(request, pages.error(PageError.malformed(e.status(), e.message()), request));
        } catch (LookupUnavailable e) {
            LOG.atWarn()
                    .addKeyValue("request_id", request.id())
                    .addKeyValue("lookup", String.valueOf(e.getMessage()))
                    .log("lookup unavailable, request answered with 503");
            return fail(request, Failure.BUSY);
        }
    }

    @Override
    public HttpResponse fail(HttpRequest request, Failure failure) {
        PageError error = switch (failure) {
            case BUSY -> PageError.tryAgain();
            case BUG -> PageError.internalError();
        };
        return withHeaders(request, pages.error(error, request));
    }

    private HttpResponse handlePage(HttpRequest request, HttpRequestContext context)
            throws PageError, MalformedRequest, LookupUnavailable {
        CsrfGuard.refuseEmbedded(request);
        if (!context.admitSite(addresses.site(request))) {
            throw PageError.tryAgain();
        }
        WebPrincipal principal = authenticator.authenticate(request);
        RateLimiter.Limit limit = principal.rateLimit(limits);
        if (!context.admit(principal.caller())) {
            throw PageError.tryAgain();
        }
        if (limits.count(limit).isExceeded()) {
            throw PageError.tooMany();
        }
        Match match = match(request);
        context.operation(match.route().path().text());
        SubmittedForm form = SubmittedForm.EMPTY;
        if (match.route().method() == PageRoute.Method.POST) {
            form = SubmittedForm.read(request);
            guard.refuseForeign(request, form, principal.secret());
        }
        PageRequest page = new PageRequest(request, match.pathParameters(), principal, form);
        HttpResponse response = isAllowed(match.route().access(), page)
                ? match.route().handler().handle(page)
                : pages.redirect(SignInPages.PATH + "?again");
        clearNotice(principal, response);
        return response;
    }

    private record Match(PageRoute route, Map<String, String> pathParameters) {}

    private Match match(HttpRequest request) throws PageError {
        List<Match> matches = routes.stream()
                .flatMap(route ->
                        route.path().match(request).map(pathParameters -> new Match(route, pathParameters)).stream())
                .toList();
        if (matches.isEmpty()) {
            throw PageError.notFound();
        }
        String method = request.method().equals("HEAD") ? "GET" : request.method();
        Optional<Match> match = matches.stream()
                .filter(candidate -> candidate.route().method().name().equals(method))
                .findFirst();
        return match.orElseThrow(PageError::wrongMethod);
    }

    /** Returns false if the user must sign in first. */
    private static boolean isAllowed(PageRoute.Access access, PageRequest page) throws PageError {
        return switch (page.principal()) {
            case WebPrincipal.Anonymous _ -> access instanceof PageRoute.Public;
            case WebPrincipal.SignedIn signedIn -> {
                if (access instanceof PageRoute.WithScope(var scope) && !signedIn.may(scope)) {
                    throw PageError.forbidden("Your token lacks the scope " + scope.label()
                            + ". Sign out, and sign in with another token.");
                }
                yield true;
            }
        };
    }

    private void clearNotice(WebPrincipal principal, HttpResponse response) throws LookupUnavailable {
        if (principal instanceof WebPrincipal.SignedIn signedIn
                && !signedIn.notice().isEmpty()
                && response.status() == HttpResponse.OK) {
            sessions.setNotice(signedIn.secret(), "");
        }
    }

    private static HttpResponse withHeaders(HttpRequest request, HttpResponse response) {
        String cache = response.headers().getOrDefault("Cache-Control", "no-store");
        return response.with(ALWAYS).with("Cache-Control", cache).with("X-Request-Id", request.id());
    }
}
