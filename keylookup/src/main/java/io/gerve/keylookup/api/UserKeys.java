package io.gerve.keylookup.api;

import io.gerve.keylookup.api.Operation.Call;
import io.gerve.keylookup.http.Page;
import io.gerve.keylookup.http.Reply;
import io.gerve.keylookup.key.Account;
import io.gerve.keylookup.key.Addition;
import io.gerve.keylookup.key.KeyPolicy;
import io.gerve.keylookup.key.Login;
import io.gerve.keylookup.key.MysqlAccounts;
import io.gerve.keylookup.key.MysqlKeyRegister;
import io.gerve.keylookup.key.NewKey;
import io.gerve.keylookup.key.RegisteredKey;
import io.gerve.keylookup.key.Validity;
import io.gerve.keylookup.token.Scope;
import io.gerve.lookup.LookupUnavailable;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/** The keys of people: their own, and what everybody may see of others'. */
final class UserKeys {
    private static final String RESOURCE = "PublicKey";

    private final MysqlKeyRegister register;
    private final MysqlAccounts accounts;
    private final KeyPolicy policy;
    private final Urls urls;
    private final InstantSource clock;

    UserKeys(MysqlKeyRegister register, MysqlAccounts accounts, KeyPolicy policy, Urls urls, InstantSource clock) {
        this.register = register;
        this.accounts = accounts;
        this.policy = policy;
        this.urls = urls;
        this.clock = clock;
    }

    List<Operation> operations() {
        var read = new Operation.Holders(Scope.READ_PUBLIC_KEY);
        var write = new Operation.Holders(Scope.WRITE_PUBLIC_KEY);
        var admin = new Operation.Holders(Scope.ADMIN_PUBLIC_KEY);
        return List.of(
                new Operation("GET", Urls.API + "/user/keys", read, this::list),
                new Operation("POST", Urls.API + "/user/keys", write, this::add),
                new Operation("GET", Urls.API + "/user/keys/{id}", read, this::show),
                new Operation("DELETE", Urls.API + "/user/keys/{id}", admin, this::delete),
                new Operation("GET", Urls.API + "/users/{login}/keys", new Operation.Anybody(), this::listOfOther),
                new Operation("GET", "/{login}.keys", new Operation.Anybody(), this::plain));
    }

    private Reply list(Call call) throws Refusal, LookupUnavailable {
        List<RegisteredKey> keys = register.ofAccount(call.person().account().id());
        Page page = Page.of(call.request());
        return Json.reply(
                        Reply.OK,
                        Json.array(page.cut(keys).stream().map(this::json).toList()))
                .with(page.links(urls.of("/user/keys"), keys.size()));
    }

    private Reply add(Call call) throws Refusal, LookupUnavailable {
        Caller.Person person = call.person();
        var form = NewKeyForm.read(call.request(), RESOURCE);
        NewKey key = form.key(
                policy, clock.instant(), new NewKey.ForAccount(person.account().id()));
        return switch (register.add(key, person.actor())) {
            case Addition.Added(RegisteredKey added) ->
                Json.reply(201, json(added)).with("Location", url(added));
            case Addition.InUse _ -> throw form.inUse();
            case Addition.NoSuchAccount _, Addition.NoSuchRepository _ -> throw Refusal.notFound();
        };
    }

    private Reply show(Call call) throws Refusal, LookupUnavailable {
        return Json.reply(Reply.OK, json(own(call)));
    }

    private Reply delete(Call call) throws Refusal, LookupUnavailable {
        register.delete(own(call).known().fingerprint(), call.person().actor());
        return Reply.empty(204);
    }

    private Reply listOfOther(Call call) throws Refusal, LookupUnavailable {
        Account account = account(call);
        List<RegisteredKey> keys = valid(account);
        Page page = Page.of(call.request());
        return Json.reply(
                        Reply.OK,
                        Json.array(page.cut(keys).stream().map(Json::publicKey).toList()))
                .with(page.links(urls.account(account.login()) + "/keys", keys.size()));
    }

    private Reply plain(Call call) throws Refusal, LookupUnavailable {
        return Reply.text(
                Reply.OK,
                valid(account(call)).stream()
                        .map(key -> key.key().text() + "\n")
                        .collect(Collectors.joining()));
    }

    /** @throws Refusal also if the key is somebody else's: whose numbers there are is nobody's business */
    private RegisteredKey own(Call call) throws Refusal, LookupUnavailable {
        long id = call.id();
        return register.ofAccount(call.person().account().id()).stream()
                .filter(key -> key.known().id() == id)
                .findFirst()
                .orElseThrow(Refusal::notFound);
    }

    /** Whoever is suspended has no keys by which others should let them in, elsewhere too. */
    private Account account(Call call) throws Refusal, LookupUnavailable {
        Optional<Login> login = Login.parse(call.part("login"));
        Optional<Account> account = login.isEmpty() ? Optional.empty() : accounts.find(login.get());
        return account.filter(found -> found.standing() == Account.Standing.ACTIVE)
                .orElseThrow(Refusal::notFound);
    }

    private List<RegisteredKey> valid(Account account) throws LookupUnavailable {
        Instant now = clock.instant();
        return register.ofAccount(account.id()).stream()
                .filter(key -> switch (key.known().validity()) {
                    case Validity.Until(Instant end) -> end.isAfter(now);
                    case Validity.Revoked _ -> false;
                })
                .toList();
    }

    private ObjectNode json(RegisteredKey key) {
        return Json.key(key, url(key), policy.examine(key.key())).put("read_only", false);
    }

    private String url(RegisteredKey key) {
        return urls.of("/user/keys/" + key.known().id());
    }
}
