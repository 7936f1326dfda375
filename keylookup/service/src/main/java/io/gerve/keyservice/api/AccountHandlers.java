package io.gerve.keyservice.api;

import io.gerve.config.KeylookupSettings;
import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.directory.MysqlAccountDirectory;
import io.gerve.keyservice.api.ApiRoute.ApiCall;
import io.gerve.keyservice.http.HttpResponse;
import io.gerve.keyservice.http.RateLimiter;
import io.gerve.lookup.LookupUnavailable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** Handlers for the API's root, its description, the rate limit and accounts. */
final class AccountHandlers {
    /** Path of the rate limit, whose requests are not counted. */
    static final String RATE_LIMIT = ApiUrls.API + "/rate_limit";

    private final MysqlAccountDirectory accounts;
    private final ApiUrls urls;
    private final RateLimiter limits;
    private final ApiRoute.Access profileAccess;
    private final String description;

    AccountHandlers(MysqlAccountDirectory accounts, RateLimiter limits, KeylookupSettings settings) {
        this.accounts = accounts;
        this.limits = limits;
        this.urls = new ApiUrls(settings.url());
        // Without public lists, nobody can find out anonymously which accounts there are.
        this.profileAccess = settings.publicKeyLists() ? new ApiRoute.Anonymous() : new ApiRoute.AnyToken();
        this.description = description();
    }

    List<ApiRoute> routes() {
        var anonymous = new ApiRoute.Anonymous();
        return List.of(
                new ApiRoute("GET", ApiUrls.API, anonymous, this::root),
                new ApiRoute("GET", ApiUrls.API + "/openapi.json", anonymous, this::openApi),
                new ApiRoute("GET", RATE_LIMIT, anonymous, this::rateLimit),
                new ApiRoute("GET", ApiUrls.API + "/user", new ApiRoute.AnyToken(), this::authenticatedUser),
                new ApiRoute("GET", ApiUrls.API + "/users/{login}", profileAccess, this::user));
    }

    private HttpResponse root(ApiCall call) {
        return GitHubJson.response(
                HttpResponse.OK,
                GitHubJson.object()
                        .put("current_user_url", urls.of("/user"))
                        .put("keys_url", urls.of("/user/keys"))
                        .put("repository_url", urls.of("/repos/{owner}/{repo}"))
                        .put("user_url", urls.of("/users/{user}"))
                        .put("rate_limit_url", urls.of("/rate_limit"))
                        .put("documentation_url", urls.documentation()));
    }

    private HttpResponse openApi(ApiCall call) {
        return HttpResponse.text(HttpResponse.OK, description, "application/json; charset=utf-8");
    }

    private HttpResponse rateLimit(ApiCall call) {
        RateLimiter.Usage usage = limits.usage(call.caller().rateLimit(limits));
        long reset = usage.end().getEpochSecond();
        ObjectNode core = rateLimitBody(usage.limit(), usage.used(), reset);
        var resources = GitHubJson.object();
        resources.set("core", core);
        // Clients reject a response without these resources, which Gerve does not have.
        for (String absent : List.of("search", "graphql", "integration_manifest")) {
            resources.set(absent, rateLimitBody(0, 0, reset));
        }
        var body = GitHubJson.object();
        body.set("resources", resources);
        body.set("rate", core.deepCopy());
        return GitHubJson.response(HttpResponse.OK, body).with(usage.headers());
    }

    private static ObjectNode rateLimitBody(int limit, int used, long reset) {
        return GitHubJson.object()
                .put("limit", limit)
                .put("remaining", Math.max(0, limit - used))
                .put("used", used)
                .put("reset", reset);
    }

    private HttpResponse authenticatedUser(ApiCall call) throws ApiError {
        return profile(call.tokenOwner().account());
    }

    private HttpResponse user(ApiCall call) throws ApiError, LookupUnavailable {
        Optional<Login> login = Login.parse(call.pathParameter("login"));
        Optional<Account> account = login.isEmpty() ? Optional.empty() : accounts.find(login.get());
        return profile(
                account.filter(found -> found.status() == Account.Status.ACTIVE).orElseThrow(ApiError::notFound));
    }

    private HttpResponse profile(Account account) {
        return GitHubJson.response(HttpResponse.OK, GitHubJson.account(account, urls.account(account.login())));
    }

    private String description() {
        try (InputStream in = AccountHandlers.class.getResourceAsStream("openapi.json")) {
            if (in == null) {
                throw new IllegalStateException("Cannot find openapi.json in the program's jar file");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("${api}", urls.of(""))
                    .replace("${site}", urls.base().toString());
        } catch (IOException e) {
            throw new IllegalStateException("Cannot read openapi.json in the program's jar file", e);
        }
    }
}
