package io.gerve.keylookup.web;

import io.gerve.keylookup.http.Page;
import io.gerve.keylookup.http.Reply;
import io.gerve.keylookup.key.Addition;
import io.gerve.keylookup.key.Deletion;
import io.gerve.keylookup.key.KeyPolicy;
import io.gerve.keylookup.key.MysqlKeyRegister;
import io.gerve.keylookup.key.NewKey;
import io.gerve.keylookup.key.RegisteredKey;
import io.gerve.keylookup.repository.AdministeredRepository;
import io.gerve.keylookup.repository.MysqlAdministrators;
import io.gerve.keylookup.token.Scope;
import io.gerve.lookup.LookupUnavailable;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The pages on which keys are listed, added, renamed and deleted: one's own, and the deploy keys of a repository. */
final class KeyPages {
    private static final String DEPLOY = Keyring.REPOSITORIES + "/{owner}/{repo}/keys";

    private final MysqlKeyRegister register;
    private final MysqlAdministrators administrators;
    private final MysqlSessions sessions;
    private final KeyPolicy policy;
    private final Pages pages;
    private final InstantSource clock;

    KeyPages(SettingsPage.Stores stores, MysqlSessions sessions, KeyPolicy policy, Pages pages, InstantSource clock) {
        this.register = stores.register();
        this.administrators = stores.administrators();
        this.sessions = sessions;
        this.policy = policy;
        this.pages = pages;
        this.clock = clock;
    }

    List<Route> routes() {
        var read = new Route.Holders(Scope.READ_PUBLIC_KEY);
        var write = new Route.Holders(Scope.WRITE_PUBLIC_KEY);
        var admin = new Route.Holders(Scope.ADMIN_PUBLIC_KEY);
        var repo = new Route.Holders(Scope.REPO);
        return List.of(
                Route.get(Keyring.OWN, read, this::list),
                Route.get(Keyring.OWN + "/new", write, this::askNew),
                Route.post(Keyring.OWN + "/new", write, this::add),
                Route.get(Keyring.OWN + "/{id}/rename", write, this::askTitle),
                Route.post(Keyring.OWN + "/{id}/rename", write, this::rename),
                Route.get(Keyring.OWN + "/{id}/delete", admin, this::askDelete),
                Route.post(Keyring.OWN + "/{id}/delete", admin, this::delete),
                Route.get(DEPLOY, repo, this::list),
                Route.get(DEPLOY + "/new", repo, this::askNew),
                Route.post(DEPLOY + "/new", repo, this::add),
                Route.get(DEPLOY + "/{id}/rename", repo, this::askTitle),
                Route.post(DEPLOY + "/{id}/rename", repo, this::rename),
                Route.get(DEPLOY + "/{id}/delete", repo, this::askDelete),
                Route.post(DEPLOY + "/{id}/delete", repo, this::delete));
    }

    private Reply list(Visit visit) throws Problem, LookupUnavailable {
        Visitor.Member member = visit.member();
        Keyring keyring = keyring(visit);
        List<RegisteredKey> keys = keys(keyring);
        Map<Long, String> authors = authors(keyring);
        Page page = Page.of(visit.request());
        List<KeyView> shown = page.cut(keys).stream()
                .map(key -> view(key, keyring, authors.getOrDefault(key.known().id(), "")))
                .toList();
        boolean isOwn = keyring instanceof Keyring.Own;
        var data = data(keyring, keyring.heading());
        data.put("keys", shown);
        data.put("may_add", !isOwn || member.may(Scope.WRITE_PUBLIC_KEY));
        data.put("may_delete", !isOwn || member.may(Scope.ADMIN_PUBLIC_KEY));
        data.put("previous", page.isFirst() ? 0 : page.number() - 1);
        data.put("next", page.isLast(keys.size()) ? 0 : page.number() + 1);
        return pages.page(Reply.OK, "keys", visit, data);
    }

    private Reply askNew(Visit visit) throws Problem, LookupUnavailable {
        return newForm(Reply.OK, visit, keyring(visit), NewKeyFields.EMPTY);
    }

    private Reply add(Visit visit) throws Problem, LookupUnavailable {
        Keyring keyring = keyring(visit);
        return switch (NewKeyFields.read(visit.form(), policy, keyring, clock.instant())) {
            case NewKeyFields.Sound(NewKey key) -> add(visit, keyring, key);
            case NewKeyFields.Wrong(NewKeyFields fields) -> newForm(422, visit, keyring, fields);
        };
    }

    private Reply add(Visit visit, Keyring keyring, NewKey key) throws Problem, LookupUnavailable {
        return switch (register.add(key, visit.member().actor())) {
            case Addition.Added(RegisteredKey added) ->
                done(visit, keyring, "The key “" + added.known().title() + "” was added.");
            case Addition.InUse _ ->
                newForm(
                        422,
                        visit,
                        keyring,
                        NewKeyFields.refused(
                                visit.form(),
                                "This key is already in use. Each key is taken once: make another one with ssh-keygen -t ed25519."));
            case Addition.NoSuchAccount _, Addition.NoSuchRepository _ -> throw Problem.notFound();
        };
    }

    private Reply newForm(int status, Visit visit, Keyring keyring, NewKeyFields fields) {
        var data = data(keyring, keyring instanceof Keyring.Own ? "Add an SSH key" : "Add a deploy key");
        data.put("fields", fields);
        data.put("wrong", fields.wrong());
        return pages.page(status, "key-new", visit, data);
    }

    private Reply askTitle(Visit visit) throws Problem, LookupUnavailable {
        Keyring keyring = keyring(visit);
        RegisteredKey key = renamable(visit, keyring);
        return titleForm(Reply.OK, visit, keyring, key, key.known().title(), "");
    }

    private Reply rename(Visit visit) throws Problem, LookupUnavailable {
        Keyring keyring = keyring(visit);
        RegisteredKey key = renamable(visit, keyring);
        String title = visit.form().text("title");
        try {
            NewKey.requireTitle(title);
        } catch (IllegalArgumentException e) {
            return titleForm(422, visit, keyring, key, title, NewKeyFields.sentence(e));
        }
        if (register.rename(key.known().fingerprint(), title, visit.member().actor())
                .isEmpty()) {
            throw Problem.notFound();
        }
        return done(visit, keyring, "The key is now called “" + title + "”.");
    }

    private RegisteredKey renamable(Visit visit, Keyring keyring) throws Problem, LookupUnavailable {
        RegisteredKey key = key(visit, keyring);
        if (!keyring.mayRename(key)) {
            throw Problem.forbidden(
                    "This key opens other repositories too, so that its title is not this one's to change.");
        }
        return key;
    }

    private Reply titleForm(int status, Visit visit, Keyring keyring, RegisteredKey key, String title, String error) {
        Field field = Field.empty("title", "Title", "By which you will know the key, such as “Laptop”.")
                .with(title, error);
        var data = data(keyring, "Rename a key");
        data.put("key", view(key, keyring, ""));
        data.put("field", field);
        data.put("wrong", field.isWrong() ? List.of(field) : List.of());
        return pages.page(status, "key-rename", visit, data);
    }

    private Reply askDelete(Visit visit) throws Problem, LookupUnavailable {
        Keyring keyring = keyring(visit);
        var data = data(keyring, "Delete this key?");
        data.put("key", view(key(visit, keyring), keyring, ""));
        return pages.page(Reply.OK, "key-delete", visit, data);
    }

    private Reply delete(Visit visit) throws Problem, LookupUnavailable {
        Keyring keyring = keyring(visit);
        RegisteredKey key = key(visit, keyring);
        String title = key.known().title();
        return switch (delete(visit, keyring, key)) {
            case Deletion.Deleted deleted ->
                done(
                        visit,
                        keyring,
                        "The key “" + title + "” was deleted."
                                + (deleted.gatesTold()
                                        ? ""
                                        : " It may take a minute until it works nowhere any more."));
            case Deletion.NoSuchKey _ -> done(visit, keyring, "The key “" + title + "” was deleted already.");
        };
    }

    /** A deploy key that opens other repositories too goes on opening these: they may be others' to administer. */
    private Deletion delete(Visit visit, Keyring keyring, RegisteredKey key) throws Problem, LookupUnavailable {
        var actor = visit.member().actor();
        return switch (keyring) {
            case Keyring.Own _ -> register.delete(key.known().fingerprint(), actor);
            case Keyring.OfRepository(AdministeredRepository repository) ->
                register.withdraw(key.known().fingerprint(), repository.id(), actor);
        };
    }

    private Keyring keyring(Visit visit) throws Problem, LookupUnavailable {
        var account = visit.member().account();
        if (visit.part("repo").isEmpty()) {
            return new Keyring.Own(account);
        }
        AdministeredRepository repository = administrators
                .find(visit.part("owner"), visit.part("repo"), account)
                .orElseThrow(Problem::notFound);
        if (repository.isSuspended()) {
            throw Problem.forbidden("The organization is suspended.");
        }
        return switch (repository.right()) {
            case ADMINISTER -> new Keyring.OfRepository(repository);
            case READ, NONE ->
                throw Problem.forbidden("Only who administers " + repository.fullName() + " manages its deploy keys.");
        };
    }

    private List<RegisteredKey> keys(Keyring keyring) throws LookupUnavailable {
        return switch (keyring) {
            case Keyring.Own(var account) -> register.ofAccount(account.id());
            case Keyring.OfRepository(AdministeredRepository repository) -> register.ofRepository(repository.id());
        };
    }

    /** @throws Problem also if the key is somebody else's: whose numbers there are is nobody's business */
    private RegisteredKey key(Visit visit, Keyring keyring) throws Problem, LookupUnavailable {
        long id = visit.id();
        return keys(keyring).stream()
                .filter(key -> key.known().id() == id)
                .findFirst()
                .orElseThrow(Problem::notFound);
    }

    private Map<Long, String> authors(Keyring keyring) throws LookupUnavailable {
        return switch (keyring) {
            case Keyring.Own _ -> Map.of();
            case Keyring.OfRepository(AdministeredRepository repository) -> administrators.whoAddedKeysOf(repository);
        };
    }

    private KeyView view(RegisteredKey key, Keyring keyring, String author) {
        return KeyView.of(key, keyring, policy.examine(key.key()), author, clock.instant());
    }

    private Map<String, Object> data(Keyring keyring, String title) {
        return new HashMap<>(Map.of(
                "title",
                title,
                "is_own",
                keyring instanceof Keyring.Own,
                "keyring",
                keyring.heading(),
                "path",
                pages.address(keyring.path())));
    }

    /** The change is made, and asking for the page again does not make it again. */
    private Reply done(Visit visit, Keyring keyring, String notice) throws LookupUnavailable {
        sessions.notice(visit.visitor().secret(), notice);
        return pages.redirect(keyring.path());
    }
}
