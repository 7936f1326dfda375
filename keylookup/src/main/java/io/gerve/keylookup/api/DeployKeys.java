package io.gerve.keylookup.api;

import io.gerve.keylookup.api.Operation.Call;
import io.gerve.keylookup.http.Page;
import io.gerve.keylookup.http.Reply;
import io.gerve.keylookup.key.Addition;
import io.gerve.keylookup.key.DeployAccess;
import io.gerve.keylookup.key.KeyPolicy;
import io.gerve.keylookup.key.MysqlKeyRegister;
import io.gerve.keylookup.key.NewKey;
import io.gerve.keylookup.key.RegisteredKey;
import io.gerve.keylookup.repository.AdministeredRepository;
import io.gerve.keylookup.repository.MysqlAdministrators;
import io.gerve.keylookup.token.Scope;
import io.gerve.lookup.LookupUnavailable;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** The deploy keys of repositories, for those who administer these; and as much of a repository as clients ask for on their way there. */
final class DeployKeys {
    private static final String RESOURCE = "DeployKey";

    private final MysqlKeyRegister register;
    private final MysqlAdministrators administrators;
    private final KeyPolicy policy;
    private final Urls urls;
    private final InstantSource clock;

    DeployKeys(
            MysqlKeyRegister register,
            MysqlAdministrators administrators,
            KeyPolicy policy,
            Urls urls,
            InstantSource clock) {
        this.register = register;
        this.administrators = administrators;
        this.policy = policy;
        this.urls = urls;
        this.clock = clock;
    }

    List<Operation> operations() {
        String repository = Urls.API + "/repos/{owner}/{repo}";
        var holders = new Operation.Holders(Scope.REPO);
        return List.of(
                new Operation("GET", repository, holders, this::repository),
                new Operation("GET", repository + "/keys", holders, this::list),
                new Operation("POST", repository + "/keys", holders, this::add),
                new Operation("GET", repository + "/keys/{id}", holders, this::show),
                new Operation("DELETE", repository + "/keys/{id}", holders, this::delete));
    }

    private Reply repository(Call call) throws Refusal, LookupUnavailable {
        AdministeredRepository repository = readable(call);
        boolean administers = repository.right() == AdministeredRepository.Right.ADMINISTER;
        ObjectNode body = Json.object()
                .put("id", repository.id())
                .put("name", repository.name())
                .put("full_name", repository.fullName())
                .put("private", !repository.isPublic())
                .put("url", urls.repository(repository))
                .put("keys_url", urls.repository(repository) + "/keys{/key_id}");
        body.set(
                "owner",
                Json.account(repository.owner(), urls.account(repository.owner().login())));
        body.set("permissions", Json.object().put("admin", administers).put("pull", true));
        return Json.reply(Reply.OK, body);
    }

    private Reply list(Call call) throws Refusal, LookupUnavailable {
        AdministeredRepository repository = administered(call);
        List<RegisteredKey> keys = register.ofRepository(repository.id());
        Map<Long, String> authors = administrators.whoAddedKeysOf(repository);
        Page page = Page.of(call.request());
        List<ObjectNode> shown = new ArrayList<>();
        page.cut(keys).forEach(key -> shown.add(json(repository, key, authors)));
        return Json.reply(Reply.OK, Json.array(shown))
                .with(page.links(urls.repository(repository) + "/keys", keys.size()));
    }

    private Reply add(Call call) throws Refusal, LookupUnavailable {
        AdministeredRepository repository = administered(call);
        var form = NewKeyForm.read(call.request(), RESOURCE);
        DeployAccess access = form.isReadOnly() ? DeployAccess.READ_ONLY : DeployAccess.READ_WRITE;
        NewKey key = form.key(policy, clock.instant(), new NewKey.ForRepositories(Map.of(repository.id(), access)));
        return switch (register.add(key, call.person().actor())) {
            case Addition.Added(RegisteredKey added) ->
                Json.reply(201, json(repository, added, administrators.whoAddedKeysOf(repository)))
                        .with("Location", url(repository, added));
            case Addition.InUse _ -> throw form.inUse();
            case Addition.NoSuchAccount _, Addition.NoSuchRepository _ -> throw Refusal.notFound();
        };
    }

    private Reply show(Call call) throws Refusal, LookupUnavailable {
        AdministeredRepository repository = administered(call);
        return Json.reply(Reply.OK, json(repository, key(call, repository), administrators.whoAddedKeysOf(repository)));
    }

    /** A key that opens other repositories too goes on opening these: they may be others' to administer. */
    private Reply delete(Call call) throws Refusal, LookupUnavailable {
        AdministeredRepository repository = administered(call);
        RegisteredKey key = key(call, repository);
        register.withdraw(
                key.known().fingerprint(), repository.id(), call.person().actor());
        return Reply.empty(204);
    }

    private RegisteredKey key(Call call, AdministeredRepository repository) throws Refusal, LookupUnavailable {
        long id = call.id();
        return register.ofRepository(repository.id()).stream()
                .filter(key -> key.known().id() == id)
                .findFirst()
                .orElseThrow(Refusal::notFound);
    }

    private AdministeredRepository administered(Call call) throws Refusal, LookupUnavailable {
        AdministeredRepository repository = readable(call);
        return switch (repository.right()) {
            case ADMINISTER -> repository;
            case READ, NONE -> throw Refusal.forbidden("Must have admin rights to Repository.");
        };
    }

    private AdministeredRepository readable(Call call) throws Refusal, LookupUnavailable {
        AdministeredRepository repository = administrators
                .find(call.part("owner"), call.part("repo"), call.person().account())
                .orElseThrow(Refusal::notFound);
        if (repository.isSuspended()) {
            throw Refusal.forbidden("The organization is suspended.");
        }
        return repository;
    }

    private ObjectNode json(AdministeredRepository repository, RegisteredKey key, Map<Long, String> authors) {
        boolean isReadOnly = key.rights().stream()
                .noneMatch(
                        right -> right.repositoryId() == repository.id() && right.access() == DeployAccess.READ_WRITE);
        ObjectNode body = Json.key(key, url(repository, key), policy.examine(key.key()))
                .put("read_only", isReadOnly)
                .put("enabled", true);
        String author = authors.getOrDefault(key.known().id(), "");
        return author.isEmpty() ? body.putNull("added_by") : body.put("added_by", author);
    }

    private String url(AdministeredRepository repository, RegisteredKey key) {
        return urls.repository(repository) + "/keys/" + key.known().id();
    }
}
