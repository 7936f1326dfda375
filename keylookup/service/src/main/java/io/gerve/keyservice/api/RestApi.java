package io.gerve.keyservice.api;

import io.gerve.config.KeylookupSettings;
import io.gerve.invalidation.InvalidationBus;
import io.gerve.keylookup.directory.MysqlAccountDirectory;
import io.gerve.keylookup.policy.KeyPolicy;
import io.gerve.keylookup.store.MysqlKeyStore;
import io.gerve.keylookup.token.MysqlTokenStore;
import io.gerve.keylookup.token.TokenScope;
import io.gerve.keyservice.api.ApiRoute.ApiCall;
import io.gerve.keyservice.http.ClientAddressResolver;
import io.gerve.keyservice.http.HttpHandler;
import io.gerve.keyservice.http.HttpRequest;
import io.gerve.keyservice.http.HttpRequestContext;
import io.gerve.keyservice.http.HttpResponse;
import io.gerve.keyservice.http.RateLimiter;
import io.gerve.keyservice.repository.MysqlRepositoryAuthorizer;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.metrics.Readiness;
import io.gerve.sql.Database;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The REST API. Authenticates the caller, applies the rate limit, finds the route, checks the scope and calls the
 * handler. A request without a route gets 404. Safe for use by many threads.
 */
public final class RestApi implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(RestApi.class);

    /** Headers of every response: browsers must not render, frame, sniff or cache it for others. */
    private static final Map<String, String> ALWAYS = Map.of(
            "Cache-Control", "private, no-cache",
            "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'",
            "Referrer-Policy", "no-referrer",
            "Vary", "Authorization, X-Gerve-User",
            "X-Content-Type-Options", "nosniff");

    private static final Set<String> READING = Set.of("GET", "HEAD");

    private final List<ApiRoute> routes;
    private final TokenAuthenticator authenticator;
    private final RateLimiter limits;
    private final ClientAddressResolver addresses;
    private final ApiUrls urls;

    /** Stores that the API uses. The caller closes them after the API. */
    public record Stores(
            Database database, InvalidationBus invalidations, MysqlKeyStore keyStore, MysqlTokenStore tokens) {}

    /** Client addresses and rate limits, which the API shares with the settings page, and the response to probes. */
    public record Protection(ClientAddressResolver addresses, RateLimiter limits, Readiness readiness) {}

    public RestApi(
            KeylookupSettings settings, Stores stores, KeyPolicy policy, Protection protection, InstantSource clock) {
        this.limits = protection.limits();
        this.addresses = protection.addresses();
        this.urls = new ApiUrls(settings.url());
        var accounts = new MysqlAccountDirectory(stores.database());
        var authorizer = new MysqlRepositoryAuthorizer(stores.database());
        this.routes = Stream.of(
                        new ProbeHandlers(protection.readiness(), protection.addresses()).routes(),
                        new AccountHandlers(accounts, limits, settings).routes(),
                        new UserKeyHandlers(stores.keyStore(), accounts, policy, settings, clock).routes(),
                        new DeployKeyHandlers(stores.keyStore(), authorizer, policy, urls, clock).routes())
                .flatMap(List::stream)
                .toList();
        this.authenticator = new TokenAuthenticator(
                stores.tokens(),
                accounts,
                protection.addresses(),
                new TokenGuessLimiter(settings.limits().anonymousRequestsPerHour(), System::nanoTime));
    }

    List<ApiRoute> routes() {
        return routes;
    }

    /** Serves every request that no other handler serves. */
    @Override
    public boolean serves(HttpRequest request) {
        return true;
    }

    @Override
    public Optional<String> probe(HttpRequest request) {
        return request.path().size() == 1 && READING.contains(request.method())
                ? Optional.of(request.path().getFirst()).filter(ProbeHandlers.NAMES::contains)
                : Optional.empty();
    }

    @Override
    public HttpResponse handle(HttpRequest request, HttpRequestContext context) {
        Optional<Match> match = match(request);
        match.ifPresent(found -> context.operation(found.route().path()));
        return withHeaders(request, authenticateAndHandle(request, match, context));
    }

    @Override
    public HttpResponse fail(HttpRequest request, Failure failure) {
        return withHeaders(
                request,
                errorResponse(
                        switch (failure) {
                            case BUSY -> ApiError.tryAgain();
                            case BUG -> ApiError.internalError();
                        }));
    }

    private static HttpResponse withHeaders(HttpRequest request, HttpResponse response) {
        return response.with(ALWAYS).with("X-GitHub-Request-Id", request.id());
    }

    private record Match(ApiRoute route, Map<String, String> pathParameters) {}

    private Optional<Match> match(HttpRequest request) {
        return routes.stream()
                .flatMap(route -> route.match(request).map(pathParameters -> new Match(route, pathParameters)).stream())
                .findFirst();
    }

    /** Counts a request with an invalid token as an anonymous one, so that guessing tokens is limited. */
    private HttpResponse authenticateAndHandle(HttpRequest request, Optional<Match> match, HttpRequestContext context) {
        Caller caller = authenticator.anonymous(request);
        if (match.filter(found -> found.route().access() instanceof ApiRoute.Operator)
                .isPresent()) {
            return handle(request, caller, match);
        }
        if (!context.admitSite(addresses.site(request))) {
            return errorResponse(ApiError.tryAgain());
        }
        Optional<ApiError> authenticationError = Optional.empty();
        try {
            caller = authenticator.authenticate(request);
        } catch (ApiError error) {
            authenticationError = Optional.of(error);
        } catch (LookupUnavailable e) {
            return unavailable(request, e);
        }
        RateLimiter.Limit limit = caller.rateLimit(limits);
        if (!context.admit(limit.bucket())) {
            return errorResponse(ApiError.tryAgain());
        }
        RateLimiter.Usage usage = isRateLimit(match) ? limits.usage(limit) : limits.count(limit);
        if (isRateLimit(match) ? !limits.countAside(limit) : usage.isExceeded()) {
            return errorResponse(ApiError.forbidden("API rate limit exceeded for " + limit.bucket() + "."))
                    .with(usage.headers());
        }
        if (authenticationError.isPresent()) {
            return errorResponse(authenticationError.get()).with(usage.headers());
        }
        var headers = new LinkedHashMap<>(usage.headers());
        headers.putAll(scopes(caller, match));
        HttpResponse response = handle(request, caller, match);
        if (!isRateLimit(match)) {
            response = conditional(request, caller, response);
        }
        headers.putAll(response.headers());
        return response.with(headers);
    }

    private HttpResponse handle(HttpRequest request, Caller caller, Optional<Match> match) {
        try {
            Match found = match.orElseThrow(ApiError::notFound);
            requireAllowed(found.route().access(), caller);
            return found.route().handler().handle(new ApiCall(request, caller, found.pathParameters()));
        } catch (ApiError error) {
            return errorResponse(error);
        } catch (LookupUnavailable e) {
            return unavailable(request, e);
        }
    }

    private static void requireAllowed(ApiRoute.Access access, Caller caller) throws ApiError {
        switch (access) {
            case ApiRoute.Anonymous _, ApiRoute.Operator _ -> {}
            case ApiRoute.AnyToken _ -> accountOf(caller);
            case ApiRoute.WithScope(TokenScope scope) -> {
                if (!accountOf(caller).token().allows(scope)) {
                    throw ApiError.forbidden("This token lacks the scope " + scope.label() + ".");
                }
            }
        }
    }

    private static Caller.TokenOwnerCaller accountOf(Caller caller) throws ApiError {
        return switch (caller) {
            case Caller.TokenOwnerCaller tokenOwner -> tokenOwner;
            case Caller.Anonymous _ -> throw ApiError.authenticationMissing();
        };
    }

    /** To ask for the rate limit is possible when it is used up, and does not count. */
    private static boolean isRateLimit(Optional<Match> match) {
        return match.filter(found -> found.route().path().equals(AccountHandlers.RATE_LIMIT))
                .isPresent();
    }

    private HttpResponse conditional(HttpRequest request, Caller caller, HttpResponse response) {
        if (response.status() != HttpResponse.OK) {
            return response;
        }
        EntityTag tag = EntityTag.of(response);
        boolean isUnchanged = request.headers().getOrDefault("if-none-match", List.of()).stream()
                .anyMatch(tag::isIn);
        if (!isUnchanged) {
            return response.with("ETag", tag.text());
        }
        // Like GitHub, do not count a request whose response has not changed.
        return HttpResponse.empty(304)
                .with(limits.uncountAtMost(caller.rateLimit(limits)).headers())
                .with("ETag", tag.text());
    }

    private static Map<String, String> scopes(Caller caller, Optional<Match> match) {
        return switch (caller) {
            case Caller.Anonymous _ -> Map.of();
            case Caller.TokenOwnerCaller tokenOwner ->
                Map.of(
                        "X-OAuth-Scopes", TokenScope.labels(tokenOwner.token().scopes(), ", "),
                        "X-Accepted-OAuth-Scopes",
                                match.map(RestApi::acceptedScope).orElse(""));
        };
    }

    private static String acceptedScope(Match match) {
        return switch (match.route().access()) {
            case ApiRoute.WithScope(TokenScope scope) -> TokenScope.labels(Set.of(scope), ", ");
            case ApiRoute.Anonymous _, ApiRoute.Operator _, ApiRoute.AnyToken _ -> "";
        };
    }

    private HttpResponse unavailable(HttpRequest request, LookupUnavailable e) {
        LOG.atWarn()
                .addKeyValue("request_id", request.id())
                .addKeyValue("lookup", String.valueOf(e.getMessage()))
                .log("lookup unavailable, request answered with 503");
        return errorResponse(ApiError.tryAgain());
    }

    private HttpResponse errorResponse(ApiError error) {
        return error.toResponse(urls.documentation());
    }
}
