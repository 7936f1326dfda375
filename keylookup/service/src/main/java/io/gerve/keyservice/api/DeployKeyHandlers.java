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

/** The deploy keys of repositories, for those who administer these; and as much of a repository as clients ask for on their way there. */
final class DeployKeyHandlers {
    private static final String RESOURCE = "DeployKey";

    private final MysqlKeyStore register;
    private final MysqlRepositoryAuthorizer authorizer;
    private final KeyPolicy policy;
    private final ApiUrls urls;
    private final InstantSource clock;

    DeployKeyHandlers(
            MysqlKeyStore register,
            MysqlRepositoryAuthorizer authorizer,
            KeyPolicy policy,
            ApiUrls urls,
            InstantSource clock) {
        this.register = register;
        this.authorizer = authorizer;
        this.policy = policy;
        this.urls = urls;
        this.clock = clock;
    }

    List<ApiRoute> operations() {
        String repository = ApiUrls.API + "/repos/{owner}/{repo}";
        var holders = new ApiRoute.WithScope(TokenScope.REPO);
        return List.of(
                new ApiRoute("GET", repository, holders, this::repository),
                new ApiRoute("GET", repository + "/keys", holders, this::list),
                new ApiRoute("POST", repository + "/keys", holders, this::add),
                new ApiRoute("GET", repository + "/keys/{id}", holders, this::show),
                new ApiRoute("DELETE", repository + "/keys/{id}", holders, this::delete));
    }

    private HttpResponse repository(ApiCall call) throws ApiError, LookupUnavailable {
        ManagedRepository repository = readable(call);
        boolean administers = repository.permission() == ManagedRepository.Permission.ADMIN;
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
        body.set("permissions", GitHubJson.object().put("admin", administers).put("pull", true));
        return GitHubJson.reply(HttpResponse.OK, body);
    }

    private HttpResponse list(ApiCall call) throws ApiError, LookupUnavailable {
        ManagedRepository repository = administered(call);
        List<RegisteredKeyDetails> keys = register.ofRepository(repository.id());
        Map<Long, String> authors = register.authorsOfDeployKeys(repository.id());
        Pagination page = Pagination.of(call.request());
        List<ObjectNode> shown = new ArrayList<>();
        page.slice(keys).forEach(key -> shown.add(json(repository, key, authors)));
        return GitHubJson.reply(HttpResponse.OK, GitHubJson.array(shown))
                .with(page.links(urls.repository(repository) + "/keys", keys.size()));
    }

    private HttpResponse add(ApiCall call) throws ApiError, LookupUnavailable {
        ManagedRepository repository = administered(call);
        var form = NewKeyRequest.read(call.request(), RESOURCE);
        DeployKeyAccess access = form.isReadOnly() ? DeployKeyAccess.READ_ONLY : DeployKeyAccess.READ_WRITE;
        NewKey key = form.key(policy, clock.instant(), new NewKey.ForRepositories(Map.of(repository.id(), access)));
        return switch (register.add(key, call.person().actor())) {
            case AddKeyResult.Added(RegisteredKeyDetails added) ->
                GitHubJson.reply(201, json(repository, added, register.authorsOfDeployKeys(repository.id())))
                        .with("Location", url(repository, added));
            case AddKeyResult.InUse _ -> throw form.inUse();
            case AddKeyResult.NoSuchAccount _, AddKeyResult.NoSuchRepository _ -> throw ApiError.notFound();
        };
    }

    private HttpResponse show(ApiCall call) throws ApiError, LookupUnavailable {
        ManagedRepository repository = administered(call);
        return GitHubJson.reply(
                HttpResponse.OK,
                json(repository, key(call, repository), register.authorsOfDeployKeys(repository.id())));
    }

    /** A key that opens other repositories too goes on opening these: they may be others' to administer. */
    private HttpResponse delete(ApiCall call) throws ApiError, LookupUnavailable {
        ManagedRepository repository = administered(call);
        RegisteredKeyDetails key = key(call, repository);
        register.removeFromRepository(
                key.registered().fingerprint(), repository.id(), call.person().actor());
        return HttpResponse.empty(204);
    }

    private RegisteredKeyDetails key(ApiCall call, ManagedRepository repository) throws ApiError, LookupUnavailable {
        long id = call.id();
        return register.ofRepository(repository.id()).stream()
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
                        call.part("owner") + "/" + call.part("repo"),
                        call.person().account())
                .orElseThrow(ApiError::notFound);
        if (repository.isSuspended()) {
            throw ApiError.forbidden("The organization is suspended.");
        }
        return repository;
    }

    private ObjectNode json(ManagedRepository repository, RegisteredKeyDetails key, Map<Long, String> authors) {
        boolean isReadOnly = key.grants().stream()
                .noneMatch(right ->
                        right.repositoryId() == repository.id() && right.access() == DeployKeyAccess.READ_WRITE);
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
