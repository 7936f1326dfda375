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
import io.gerve.keyservice.http.HttpMetrics;
import io.gerve.keyservice.http.HttpRequest;
import io.gerve.keyservice.http.HttpRequestContext;
import io.gerve.keyservice.http.HttpResponse;
import io.gerve.keyservice.http.RateLimiter;
import io.gerve.keyservice.repository.MysqlRepositoryAuthorizer;
import io.gerve.lookup.LookupUnavailable;
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
 * The REST API: who asks, how often they did, what it is they ask for, whether they may. What is not found among the operations is not
 * there. Safe for use by many threads.
 */
public final class RestApi implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(RestApi.class);

    /** No page shows or frames what is answered here, and nobody guesses what it is. */
    private static final Map<String, String> ALWAYS = Map.of(
            "Cache-Control", "private, no-cache",
            "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'",
            "Referrer-Policy", "no-referrer",
            "Vary", "Authorization, X-Gerve-User",
            "X-Content-Type-Options", "nosniff");

    private final List<ApiRoute> operations;
    private final TokenAuthenticator authenticator;
    private final RateLimiter limits;
    private final ApiUrls urls;

    /** What the API stands on. The caller closes it, after this. */
    public record Stores(Database database, InvalidationBus changes, MysqlKeyStore register, MysqlTokenStore tokens) {}

    /** How it is asked. */
    public record Protection(ClientAddressResolver addresses, RateLimiter limits, HttpMetrics metrics) {}

    public RestApi(
            KeylookupSettings settings, Stores stores, KeyPolicy policy, Protection doorway, InstantSource clock) {
        this.limits = doorway.limits();
        this.urls = new ApiUrls(settings.url());
        var accounts = new MysqlAccountDirectory(stores.database());
        var authorizer = new MysqlRepositoryAuthorizer(stores.database());
        this.operations = Stream.of(
                        new ProbeHandlers(accounts, stores.changes(), doorway.metrics(), doorway.addresses())
                                .operations(),
                        new AccountHandlers(accounts, limits, settings).operations(),
                        new UserKeyHandlers(stores.register(), accounts, policy, urls, clock).operations(),
                        new DeployKeyHandlers(stores.register(), authorizer, policy, urls, clock).operations())
                .flatMap(List::stream)
                .toList();
        this.authenticator = new TokenAuthenticator(
                stores.tokens(),
                accounts,
                doorway.addresses(),
                new TokenGuessLimiter(settings.limits().anonymousRequestsPerHour(), System::nanoTime));
    }

    List<ApiRoute> operations() {
        return operations;
    }

    /** What nobody else serves is answered here: programs read the answer. */
    @Override
    public boolean serves(HttpRequest request) {
        return true;
    }

    @Override
    public HttpResponse answer(HttpRequest request, HttpRequestContext sighting) {
        Optional<Match> match = match(request);
        match.ifPresent(found -> sighting.operation(found.operation().path()));
        return finished(request, answerCaller(request, match, sighting));
    }

    @Override
    public HttpResponse fail(HttpRequest request, Failure failure) {
        return finished(
                request,
                refuse(
                        switch (failure) {
                            case BUSY -> ApiError.tryAgain();
                            case BUG -> ApiError.internalError();
                        }));
    }

    private static HttpResponse finished(HttpRequest request, HttpResponse reply) {
        return reply.with(ALWAYS).with("X-GitHub-Request-Id", request.id());
    }

    private record Match(ApiRoute operation, Map<String, String> parts) {}

    private Optional<Match> match(HttpRequest request) {
        return operations.stream()
                .flatMap(operation -> operation.match(request).map(parts -> new Match(operation, parts)).stream())
                .findFirst();
    }

    /** Who brings a wrong token is counted as who brings none, so that guessing costs what it should. */
    private HttpResponse answerCaller(HttpRequest request, Optional<Match> match, HttpRequestContext sighting) {
        Caller caller = authenticator.anonymous(request);
        if (match.filter(found -> found.operation().access() instanceof ApiRoute.Operator)
                .isPresent()) {
            return answer(request, caller, match);
        }
        Optional<ApiError> stranger = Optional.empty();
        try {
            caller = authenticator.authenticate(request);
        } catch (ApiError refusal) {
            stranger = Optional.of(refusal);
        } catch (LookupUnavailable e) {
            return unavailable(request, e);
        }
        RateLimiter.Limit share = caller.share(limits);
        sighting.caller(share.bucket());
        RateLimiter.Usage allowance = limits.count(share);
        if (allowance.isExceeded()) {
            return refuse(ApiError.forbidden("API rate limit exceeded for " + share.bucket() + "."))
                    .with(allowance.headers());
        }
        if (stranger.isPresent()) {
            return refuse(stranger.get()).with(allowance.headers());
        }
        var headers = new LinkedHashMap<>(allowance.headers());
        headers.putAll(scopes(caller, match));
        HttpResponse reply = conditional(request, caller, answer(request, caller, match));
        headers.putAll(reply.headers());
        return reply.with(headers);
    }

    private HttpResponse answer(HttpRequest request, Caller caller, Optional<Match> match) {
        try {
            Match found = match.orElseThrow(ApiError::notFound);
            refuseUnlessAllowed(found.operation().access(), caller);
            return found.operation().handler().reply(new ApiCall(request, caller, found.parts()));
        } catch (ApiError refusal) {
            return refuse(refusal);
        } catch (LookupUnavailable e) {
            return unavailable(request, e);
        }
    }

    private static void refuseUnlessAllowed(ApiRoute.Access access, Caller caller) throws ApiError {
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
            case Caller.TokenOwnerCaller person -> person;
            case Caller.Anonymous _ -> throw ApiError.authenticationMissing();
        };
    }

    private HttpResponse conditional(HttpRequest request, Caller caller, HttpResponse reply) {
        if (reply.status() != HttpResponse.OK) {
            return reply;
        }
        EntityTag tag = EntityTag.of(reply);
        boolean isUnchanged = request.headers().getOrDefault("if-none-match", List.of()).stream()
                .anyMatch(tag::isIn);
        if (!isUnchanged) {
            return reply.with("ETag", tag.text());
        }
        // GitHub does not count what has not changed, so that asking often by a condition costs nothing.
        return HttpResponse.empty(304)
                .with(limits.uncount(caller.share(limits)).headers())
                .with("ETag", tag.text());
    }

    private static Map<String, String> scopes(Caller caller, Optional<Match> match) {
        return switch (caller) {
            case Caller.Anonymous _ -> Map.of();
            case Caller.TokenOwnerCaller person ->
                Map.of(
                        "X-OAuth-Scopes", TokenScope.labels(person.token().scopes(), ", "),
                        "X-Accepted-OAuth-Scopes",
                                match.map(RestApi::acceptedScope).orElse(""));
        };
    }

    private static String acceptedScope(Match match) {
        return switch (match.operation().access()) {
            case ApiRoute.WithScope(TokenScope scope) -> TokenScope.labels(Set.of(scope), ", ");
            case ApiRoute.Anonymous _, ApiRoute.Operator _, ApiRoute.AnyToken _ -> "";
        };
    }

    private HttpResponse unavailable(HttpRequest request, LookupUnavailable e) {
        LOG.atWarn().addKeyValue("request_id", request.id()).log("could not find out: {}", e.toString());
        return refuse(ApiError.tryAgain());
    }

    private HttpResponse refuse(ApiError refusal) {
        return refusal.reply(urls.documentation());
    }
}
