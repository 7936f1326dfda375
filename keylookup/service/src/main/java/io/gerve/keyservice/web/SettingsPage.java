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
 * The settings page: who visits, whether they may, and whether a form that was sent is one of ours. Safe for use by many threads.
 */
public final class SettingsPage implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(SettingsPage.class);

    /**
     * Nothing but our own style sheet is loaded, no script runs, no other site frames the page or is sent its forms. The referrer policy
     * is not stricter because browsers would then not say of a form where it was.
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
    private final CsrfGuard guard;
    private final PageRenderer pages;

    /** What the page stands on. The caller closes it, after this. */
    public record Stores(
            Database database, MysqlKeyStore register, MysqlTokenStore tokens, MysqlRepositoryAuthorizer authorizer) {}

    /**
     * How it is visited.
     *
     * @param chance must not be guessable
     */
    public record Protection(ClientAddressResolver addresses, RateLimiter limits, RandomGenerator chance) {}

    public SettingsPage(
            KeylookupSettings settings, Stores stores, KeyPolicy policy, Protection doorway, InstantSource clock) {
        var cookie = new SessionCookie(settings.url());
        this.pages = new PageRenderer(settings.url());
        this.guard = new CsrfGuard(settings.url());
        this.limits = doorway.limits();
        this.sessions = new MysqlWebSessionStore(stores.database(), stores.tokens(), settings.sessions(), clock);
        this.authenticator = new SessionAuthenticator(sessions, cookie, doorway.addresses(), doorway.chance());
        var doorman = new SignInPages.Protection(doorway.addresses(), limits, cookie);
        this.routes = Stream.of(
                        new SignInPages(stores.tokens(), sessions, doorman, pages, doorway.chance()).routes(),
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
    public HttpResponse answer(HttpRequest request, HttpRequestContext sighting) {
        if (request.path().equals(List.of("settings", pages.styleSheetName()))) {
            sighting.operation("/settings/style.css");
            return withHeaders(request, pages.style());
        }
        try {
            return withHeaders(request, visit(request, sighting));
        } catch (PageError problem) {
            return withHeaders(request, pages.problem(problem, request));
        } catch (MalformedRequest e) {
            return withHeaders(request, pages.problem(PageError.malformed(e.status(), e.message()), request));
        } catch (LookupUnavailable e) {
            LOG.atWarn().addKeyValue("request_id", request.id()).log("could not find out: {}", e.toString());
            return fail(request, Failure.BUSY);
        }
    }

    @Override
    public HttpResponse fail(HttpRequest request, Failure failure) {
        PageError problem = switch (failure) {
            case BUSY -> PageError.tryAgain();
            case BUG -> PageError.internalError();
        };
        return withHeaders(request, pages.problem(problem, request));
    }

    private HttpResponse visit(HttpRequest request, HttpRequestContext sighting)
            throws PageError, MalformedRequest, LookupUnavailable {
        WebPrincipal visitor = authenticator.authenticate(request);
        RateLimiter.Limit share = visitor.share(limits);
        sighting.caller(share.bucket());
        if (limits.count(share).isExceeded()) {
            throw PageError.tooMany();
        }
        Match match = match(request);
        sighting.operation(match.route().path().text());
        SubmittedForm form = SubmittedForm.EMPTY;
        if (match.route().method() == PageRoute.Method.POST) {
            form = SubmittedForm.read(request);
            guard.refuseForeign(request, form, visitor.secret());
        }
        PageRequest visit = new PageRequest(request, match.parts(), visitor, form);
        HttpResponse reply = isAllowed(match.route().access(), visit)
                ? match.route().handler().reply(visit)
                : pages.redirect(SignInPages.PATH + "?again");
        forgetNotice(visitor, reply);
        return reply;
    }

    private record Match(PageRoute route, Map<String, String> parts) {}

    private Match match(HttpRequest request) throws PageError {
        List<Match> here = routes.stream()
                .flatMap(route -> route.path().match(request).map(parts -> new Match(route, parts)).stream())
                .toList();
        if (here.isEmpty()) {
            throw PageError.notFound();
        }
        String method = request.method().equals("HEAD") ? "GET" : request.method();
        Optional<Match> match = here.stream()
                .filter(candidate -> candidate.route().method().name().equals(method))
                .findFirst();
        return match.orElseThrow(PageError::wrongMethod);
    }

    /** @return false if they have to sign in first */
    private static boolean isAllowed(PageRoute.Access access, PageRequest visit) throws PageError {
        return switch (visit.principal()) {
            case WebPrincipal.Anonymous _ -> access instanceof PageRoute.Public;
            case WebPrincipal.SignedIn member -> {
                if (access instanceof PageRoute.WithScope(var scope) && !member.may(scope)) {
                    throw PageError.forbidden("The token with which you signed in lacks the scope " + scope.label()
                            + ". Sign out, and in again with another one.");
                }
                yield true;
            }
        };
    }

    private void forgetNotice(WebPrincipal visitor, HttpResponse reply) throws LookupUnavailable {
        if (visitor instanceof WebPrincipal.SignedIn member
                && !member.notice().isEmpty()
                && reply.status() == HttpResponse.OK) {
            sessions.notice(member.secret(), "");
        }
    }

    private static HttpResponse withHeaders(HttpRequest request, HttpResponse reply) {
        String cache = reply.headers().getOrDefault("Cache-Control", "no-store");
        return reply.with(ALWAYS).with("Cache-Control", cache).with("X-Request-Id", request.id());
    }
}
