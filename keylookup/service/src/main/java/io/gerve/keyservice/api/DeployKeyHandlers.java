package io.gerve.keyservice.api;

import io.gerve.keylookup.directory.DeployKeyAccess;
import io.gerve.keylookup.directory.RegisteredKeyDetails;
import io.gerve.keylookup.policy.KeyPolicy;
import io.gerve.keylookup.store.AddKeyResult;
import io.gerve.keylookup.store.MysqlKeyStore;
import io.gerve.keylookup.store.NewKey;
import io.gerve.keylookup.token.TokenScope;
import io.gerve.keyservice.api.ApiRoute.ApiCall;
import io.gerve.keyservice.http.HttpResponse;
import io.gerve.keyservice.http.Pagination;
import io.gerve.keyservice.repository.ManagedRepository;
import io.gerve.keyservice.repository.MysqlRepositoryAuthorizer;
import io.gerve.lookup.LookupUnavailable;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** Handlers for the deploy keys of a repository, and for the repository as far as clients need it to get there. */
final class DeployKeyHandlers {
    private static final String RESOURCE = "DeployKey";

    private final MysqlKeyStore keyStore;
    private final MysqlRepositoryAuthorizer authorizer;
    private final KeyPolicy policy;
    private final ApiUrls urls;
    private final InstantSource clock;

    DeployKeyHandlers(
            MysqlKeyStore keyStore,
            MysqlRepositoryAuthorizer authorizer,
            KeyPolicy policy,
            ApiUrls urls,
            InstantSource clock) {
        this.keyStore = keyStore;
        this.authorizer = authorizer;
        this.policy = policy;
        this.urls = urls;
        this.clock = clock;
    }

    List<ApiRoute> routes() {
        String repository = ApiUrls.API + "/repos/{owner}/{repo}";
        var repoScope = new ApiRoute.WithScope(TokenScope.REPO);
        return List.of(
                new ApiRoute("GET", repository, repoScope, this::repository),
                new ApiRoute("GET", repository + "/keys", repoScope, this::list),
                new ApiRoute("POST", repository + "/keys", repoScope, this::add),
                new ApiRoute("GET", repository + "/keys/{id}", repoScope, this::show),
                new ApiRoute("DELETE", repository + "/keys/{id}", repoScope, this::delete));
    }

    private HttpResponse repository(ApiCall call) throws ApiError, LookupUnavailable {
        ManagedRepository repository = readable(call);
        boolean isAdmin = repository.permission() == ManagedRepository.Permission.ADMIN;
        ObjectNode body = GitHubJson.object()
                .put("id", repository.id())
                .put("name", repository.name().name())
                .put("full_name", repository.name().toString())
                .put("private", !repository.isPublic())
                .put("url", urls.repository(repository))
                .put("keys_url", urls.repository(repository) + "/keys{/key_id}");
        body.set(
                "owner",
                GitHubJson.account(
                        repository.owner(), urls.account(repository.owner().login())));
        body.set("permissions", GitHubJson.object().put("admin", isAdmin).put("pull", true));
        return GitHubJson.response(HttpResponse.OK, body);
    }

    private HttpResponse list(ApiCall call) throws ApiError, LookupUnavailable {
        ManagedRepository repository = administered(call);
        List<RegisteredKeyDetails> keys = keyStore.ofRepository(repository.id());
        Map<Long, String> authors = keyStore.authorsOfDeployKeys(repository.id());
        Pagination page = Pagination.of(call.request());
        List<ObjectNode> items = new ArrayList<>();
        page.slice(keys).forEach(key -> items.add(json(repository, key, authors)));
        return GitHubJson.response(HttpResponse.OK, GitHubJson.array(items))
                .with(page.links(urls.repository(repository) + "/keys", keys.size()));
    }

    private HttpResponse add(ApiCall call) throws ApiError, LookupUnavailable {
        ManagedRepository repository = administered(call);
        var newKey = NewKeyRequest.read(call.request(), RESOURCE);
        DeployKeyAccess access = newKey.isReadOnly() ? DeployKeyAccess.READ_ONLY : DeployKeyAccess.READ_WRITE;
        NewKey key = newKey.key(policy, clock.instant(), new NewKey.ForRepositories(Map.of(repository.id(), access)));
        return switch (keyStore.add(key, call.tokenOwner().actor())) {
            case AddKeyResult.Added(RegisteredKeyDetails added) ->
                GitHubJson.response(201, json(repository, added, keyStore.authorsOfDeployKeys(repository.id())))
                        .with("Location", url(repository, added));
            case AddKeyResult.InUse(boolean isOwn) -> throw newKey.inUse(isOwn);
            case AddKeyResult.TooMany(int max) -> throw newKey.tooMany(max);
            case AddKeyResult.NoSuchAccount _, AddKeyResult.NoSuchRepository _ -> throw ApiError.notFound();
        };
    }

    private HttpResponse show(ApiCall call) throws ApiError, LookupUnavailable {
        ManagedRepository repository = administered(call);
        return GitHubJson.response(
                HttpResponse.OK,
                json(repository, key(call, repository), keyStore.authorsOfDeployKeys(repository.id())));
    }

    /**
     * Removes the key from this repository only. The caller may not be an administrator of the key's other
     * repositories.
     */
    private HttpResponse delete(ApiCall call) throws ApiError, LookupUnavailable {
        ManagedRepository repository = administered(call);
        RegisteredKeyDetails key = key(call, repository);
        keyStore.removeFromRepository(
                key.registered().fingerprint(),
                repository.id(),
                call.tokenOwner().actor());
        return HttpResponse.empty(204);
    }

    private RegisteredKeyDetails key(ApiCall call, ManagedRepository repository) throws ApiError, LookupUnavailable {
        long id = call.id();
        return keyStore.ofRepository(repository.id()).stream()
                .filter(key -> key.registered().id() == id)
                .findFirst()
                .orElseThrow(ApiError::notFound);
    }

    private ManagedRepository administered(ApiCall call) throws ApiError, LookupUnavailable {
        ManagedRepository repository = readable(call);
        return switch (repository.permission()) {
            case ADMIN -> repository;
            case READ -> throw ApiError.forbidden("Must have admin rights to Repository.");
        };
    }

    private ManagedRepository readable(ApiCall call) throws ApiError, LookupUnavailable {
        ManagedRepository repository = authorizer
                .find(
                        call.pathParameter("owner") + "/" + call.pathParameter("repo"),
                        call.tokenOwner().account())
                .orElseThrow(ApiError::notFound);
        if (repository.isSuspended()) {
            throw ApiError.forbidden("The organization is suspended.");
        }
        return repository;
    }

    private ObjectNode json(ManagedRepository repository, RegisteredKeyDetails key, Map<Long, String> authors) {
        boolean isReadOnly = key.grants().stream()
                .noneMatch(grant ->
                        grant.repositoryId() == repository.id() && grant.access() == DeployKeyAccess.READ_WRITE);
        ObjectNode body = GitHubJson.key(key, url(repository, key), policy.examine(key.key()))
                .put("read_only", isReadOnly)
                .put("enabled", true);
        String author = authors.getOrDefault(key.registered().id(), "");
        return author.isEmpty() ? body.putNull("added_by") : body.put("added_by", author);
    }

    private String url(ManagedRepository repository, RegisteredKeyDetails key) {
        return urls.repository(repository) + "/keys/" + key.registered().id();
    }
}
