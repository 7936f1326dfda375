package io.gerve.keyservice.api;

import io.gerve.config.KeylookupSettings;
import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.KeyValidity;
import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.directory.MysqlAccountDirectory;
import io.gerve.keylookup.directory.RegisteredKeyDetails;
import io.gerve.keylookup.policy.KeyPolicy;
import io.gerve.keylookup.store.AddKeyResult;
import io.gerve.keylookup.store.MysqlKeyStore;
import io.gerve.keylookup.store.NewKey;
import io.gerve.keylookup.token.TokenScope;
import io.gerve.keyservice.api.ApiRoute.ApiCall;
import io.gerve.keyservice.http.HttpResponse;
import io.gerve.keyservice.http.Pagination;
import io.gerve.lookup.LookupUnavailable;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/** Handlers for the keys of users: the caller's own keys, and the public keys of any user. */
final class UserKeyHandlers {
    private static final String RESOURCE = "PublicKey";

    private final MysqlKeyStore keyStore;
    private final MysqlAccountDirectory accounts;
    private final KeyPolicy policy;
    private final ApiUrls urls;
    private final boolean hasPublicLists;
    private final InstantSource clock;

    UserKeyHandlers(
            MysqlKeyStore keyStore,
            MysqlAccountDirectory accounts,
            KeyPolicy policy,
            KeylookupSettings settings,
            InstantSource clock) {
        this.keyStore = keyStore;
        this.accounts = accounts;
        this.policy = policy;
        this.urls = new ApiUrls(settings.url());
        this.hasPublicLists = settings.publicKeyLists();
        this.clock = clock;
    }

    List<ApiRoute> routes() {
        var read = new ApiRoute.WithScope(TokenScope.READ_PUBLIC_KEY);
        var write = new ApiRoute.WithScope(TokenScope.WRITE_PUBLIC_KEY);
        var admin = new ApiRoute.WithScope(TokenScope.ADMIN_PUBLIC_KEY);
        var own = List.of(
                new ApiRoute("GET", ApiUrls.API + "/user/keys", read, this::list),
                new ApiRoute("POST", ApiUrls.API + "/user/keys", write, this::add),
                new ApiRoute("GET", ApiUrls.API + "/user/keys/{id}", read, this::show),
                new ApiRoute("DELETE", ApiUrls.API + "/user/keys/{id}", admin, this::delete));
        return hasPublicLists
                ? Stream.concat(own.stream(), publicLists().stream()).toList()
                : own;
    }

    private List<ApiRoute> publicLists() {
        return List.of(
                new ApiRoute("GET", ApiUrls.API + "/users/{login}/keys", new ApiRoute.Anonymous(), this::listPublic),
                new ApiRoute("GET", "/{login}.keys", new ApiRoute.Anonymous(), this::plainText));
    }

    private HttpResponse list(ApiCall call) throws ApiError, LookupUnavailable {
        List<RegisteredKeyDetails> keys =
                keyStore.ofAccount(call.tokenOwner().account().id());
        Pagination page = Pagination.of(call.request());
        return GitHubJson.response(
                        HttpResponse.OK,
                        GitHubJson.array(
                                page.slice(keys).stream().map(this::json).toList()))
                .with(page.links(urls.of("/user/keys"), keys.size()));
    }

    private HttpResponse add(ApiCall call) throws ApiError, LookupUnavailable {
        Caller.TokenOwnerCaller tokenOwner = call.tokenOwner();
        var newKey = NewKeyRequest.read(call.request(), RESOURCE);
        NewKey key = newKey.key(
                policy,
                clock.instant(),
                new NewKey.ForAccount(tokenOwner.account().id()));
        return switch (keyStore.add(key, tokenOwner.actor())) {
            case AddKeyResult.Added(RegisteredKeyDetails added) ->
                GitHubJson.response(201, json(added)).with("Location", url(added));
            case AddKeyResult.InUse(boolean isOwn) -> throw newKey.inUse(isOwn);
            case AddKeyResult.TooMany(int max) -> throw newKey.tooMany(max);
            case AddKeyResult.NoSuchAccount _, AddKeyResult.NoSuchRepository _ -> throw ApiError.notFound();
        };
    }

    private HttpResponse show(ApiCall call) throws ApiError, LookupUnavailable {
        return GitHubJson.response(HttpResponse.OK, json(own(call)));
    }

    private HttpResponse delete(ApiCall call) throws ApiError, LookupUnavailable {
        keyStore.delete(own(call).registered().fingerprint(), call.tokenOwner().actor());
        return HttpResponse.empty(204);
    }

    private HttpResponse listPublic(ApiCall call) throws ApiError, LookupUnavailable {
        Account account = account(call);
        List<RegisteredKeyDetails> keys = valid(account);
        Pagination page = Pagination.of(call.request());
        return GitHubJson.response(
                        HttpResponse.OK,
                        GitHubJson.array(page.slice(keys).stream()
                                .map(GitHubJson::publicKey)
                                .toList()))
                .with(page.links(urls.account(account.login()) + "/keys", keys.size()));
    }

    private HttpResponse plainText(ApiCall call) throws ApiError, LookupUnavailable {
        return HttpResponse.text(
                HttpResponse.OK,
                valid(account(call)).stream()
                        .map(key -> key.key().text() + "\n")
                        .collect(Collectors.joining()));
    }

    /**
     * Returns the caller's key with the id of the path.
     *
     * @throws ApiError 404 also if the key belongs to another account, so that the response does not reveal it
     */
    private RegisteredKeyDetails own(ApiCall call) throws ApiError, LookupUnavailable {
        long id = call.id();
        return keyStore.ofAccount(call.tokenOwner().account().id()).stream()
                .filter(key -> key.registered().id() == id)
                .findFirst()
                .orElseThrow(ApiError::notFound);
    }

    /** Returns the account of the path, or 404 if it is suspended: other systems would grant access by its keys. */
    private Account account(ApiCall call) throws ApiError, LookupUnavailable {
        Optional<Login> login = Login.parse(call.pathParameter("login"));
        Optional<Account> account = login.isEmpty() ? Optional.empty() : accounts.find(login.get());
        return account.filter(found -> found.status() == Account.Status.ACTIVE).orElseThrow(ApiError::notFound);
    }

    private List<RegisteredKeyDetails> valid(Account account) throws LookupUnavailable {
        Instant now = clock.instant();
        return keyStore.ofAccount(account.id()).stream()
                .filter(key -> switch (key.registered().validity()) {
                    case KeyValidity.ValidUntil(Instant end) -> end.isAfter(now);
                    case KeyValidity.Revoked _ -> false;
                })
                .toList();
    }

    private ObjectNode json(RegisteredKeyDetails key) {
        return GitHubJson.key(key, url(key), policy.examine(key.key())).put("read_only", false);
    }

    private String url(RegisteredKeyDetails key) {
        return urls.of("/user/keys/" + key.registered().id());
    }
}
