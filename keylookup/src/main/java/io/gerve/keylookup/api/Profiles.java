package io.gerve.keylookup.api;

import io.gerve.config.KeylookupSettings;
import io.gerve.keylookup.api.Operation.Call;
import io.gerve.keylookup.http.RateLimits;
import io.gerve.keylookup.http.Reply;
import io.gerve.keylookup.key.Account;
import io.gerve.keylookup.key.Login;
import io.gerve.keylookup.key.MysqlAccounts;
import io.gerve.lookup.LookupUnavailable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** What clients ask before they come to keys: who they are, what there is. */
final class Profiles {
    private final MysqlAccounts accounts;
    private final Urls urls;
    private final RateLimits limits;
    private final String description;

    Profiles(MysqlAccounts accounts, RateLimits limits, KeylookupSettings settings) {
        this.accounts = accounts;
        this.limits = limits;
        this.urls = new Urls(settings.url());
        this.description = description();
    }

    List<Operation> operations() {
        var anybody = new Operation.Anybody();
        return List.of(
                new Operation("GET", Urls.API, anybody, this::root),
                new Operation("GET", Urls.API + "/openapi.json", anybody, this::describe),
                new Operation("GET", Urls.API + "/rate_limit", anybody, this::rateLimit),
                new Operation("GET", Urls.API + "/user", new Operation.AnyToken(), this::self),
                new Operation("GET", Urls.API + "/users/{login}", anybody, this::other));
    }

    private Reply root(Call call) {
        return Json.reply(
                Reply.OK,
                Json.object()
                        .put("current_user_url", urls.of("/user"))
                        .put("keys_url", urls.of("/user/keys"))
                        .put("repository_url", urls.of("/repos/{owner}/{repo}"))
                        .put("user_url", urls.of("/users/{user}"))
                        .put("rate_limit_url", urls.of("/rate_limit"))
                        .put("documentation_url", urls.documentation()));
    }

    private Reply describe(Call call) {
        return Reply.text(Reply.OK, description, "application/json; charset=utf-8");
    }

    private Reply rateLimit(Call call) {
        RateLimits.Allowance allowance = limits.uncount(call.caller().share(limits));
        long reset = allowance.end().getEpochSecond();
        ObjectNode core = allowance(allowance.limit(), allowance.used(), reset);
        var resources = Json.object();
        resources.set("core", core);
        // Clients do not believe an answer without these. There is nothing of the kind here.
        for (String absent : List.of("search", "graphql", "integration_manifest")) {
            resources.set(absent, allowance(0, 0, reset));
        }
        var body = Json.object();
        body.set("resources", resources);
        body.set("rate", core.deepCopy());
        return Json.reply(Reply.OK, body).with(allowance.headers());
    }

    private static ObjectNode allowance(int limit, int used, long reset) {
        return Json.object()
                .put("limit", limit)
                .put("remaining", Math.max(0, limit - used))
                .put("used", used)
                .put("reset", reset);
    }

    private Reply self(Call call) throws Refusal {
        return profile(call.person().account());
    }

    private Reply other(Call call) throws Refusal, LookupUnavailable {
        Optional<Login> login = Login.parse(call.part("login"));
        Optional<Account> account = login.isEmpty() ? Optional.empty() : accounts.find(login.get());
        return profile(account.filter(found -> found.standing() == Account.Standing.ACTIVE)
                .orElseThrow(Refusal::notFound));
    }

    private Reply profile(Account account) {
        return Json.reply(Reply.OK, Json.account(account, urls.account(account.login())));
    }

    private String description() {
        try (InputStream in = Profiles.class.getResourceAsStream("openapi.json")) {
            if (in == null) {
                throw new IllegalStateException("the program has lost the description of its API");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("${api}", urls.of(""))
                    .replace("${site}", urls.base().toString());
        } catch (IOException e) {
            throw new IllegalStateException("the description of the API cannot be read", e);
        }
    }
}
