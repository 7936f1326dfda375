package io.gerve.keyservice.web;

import io.gerve.keylookup.directory.RegisteredKeyDetails;
import io.gerve.keylookup.policy.KeyPolicy;
import io.gerve.keylookup.store.AddKeyResult;
import io.gerve.keylookup.store.DeleteKeyResult;
import io.gerve.keylookup.store.MysqlKeyStore;
import io.gerve.keylookup.store.NewKey;
import io.gerve.keylookup.token.TokenScope;
import io.gerve.keyservice.http.HttpResponse;
import io.gerve.keyservice.http.Pagination;
import io.gerve.keyservice.repository.ManagedRepository;
import io.gerve.keyservice.repository.MysqlRepositoryAuthorizer;
import io.gerve.lookup.LookupUnavailable;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The pages on which keys are listed, added, renamed and deleted: one's own, and the deploy keys of a repository. */
final class KeyPages {
    private static final String DEPLOY = ManagedKeys.REPOSITORIES + "/{owner}/{repo}/keys";

    private final MysqlKeyStore register;
    private final MysqlRepositoryAuthorizer authorizer;
    private final MysqlWebSessionStore sessions;
    private final KeyPolicy policy;
    private final PageRenderer pages;
    private final InstantSource clock;

    KeyPages(
            SettingsPage.Stores stores,
            MysqlWebSessionStore sessions,
            KeyPolicy policy,
            PageRenderer pages,
            InstantSource clock) {
        this.register = stores.register();
        this.authorizer = stores.authorizer();
        this.sessions = sessions;
        this.policy = policy;
        this.pages = pages;
        this.clock = clock;
    }

    List<PageRoute> routes() {
        var read = new PageRoute.WithScope(TokenScope.READ_PUBLIC_KEY);
        var write = new PageRoute.WithScope(TokenScope.WRITE_PUBLIC_KEY);
        var admin = new PageRoute.WithScope(TokenScope.ADMIN_PUBLIC_KEY);
        var repo = new PageRoute.WithScope(TokenScope.REPO);
        return List.of(
                PageRoute.get(ManagedKeys.OWN, read, this::list),
                PageRoute.get(ManagedKeys.OWN + "/new", write, this::newKeyForm),
                PageRoute.post(ManagedKeys.OWN + "/new", write, this::add),
                PageRoute.get(ManagedKeys.OWN + "/{id}/rename", write, this::renameForm),
                PageRoute.post(ManagedKeys.OWN + "/{id}/rename", write, this::rename),
                PageRoute.get(ManagedKeys.OWN + "/{id}/delete", admin, this::deleteForm),
                PageRoute.post(ManagedKeys.OWN + "/{id}/delete", admin, this::delete),
                PageRoute.get(DEPLOY, repo, this::list),
                PageRoute.get(DEPLOY + "/new", repo, this::newKeyForm),
                PageRoute.post(DEPLOY + "/new", repo, this::add),
                PageRoute.get(DEPLOY + "/{id}/rename", repo, this::renameForm),
                PageRoute.post(DEPLOY + "/{id}/rename", repo, this::rename),
                PageRoute.get(DEPLOY + "/{id}/delete", repo, this::deleteForm),
                PageRoute.post(DEPLOY + "/{id}/delete", repo, this::delete));
    }

    private HttpResponse list(PageRequest visit) throws PageError, LookupUnavailable {
        WebPrincipal.SignedIn member = visit.signedIn();
        ManagedKeys keyring = keyring(visit);
        List<RegisteredKeyDetails> keys = keys(keyring);
        Map<Long, String> authors = authors(keyring);
        Pagination page = Pagination.of(visit.request());
        List<KeyView> shown = page.slice(keys).stream()
                .map(key ->
                        view(key, keyring, authors.getOrDefault(key.registered().id(), "")))
                .toList();
        boolean isOwn = keyring instanceof ManagedKeys.Own;
        var data = data(keyring, keyring.heading());
        data.put("keys", shown);
        data.put("may_add", !isOwn || member.may(TokenScope.WRITE_PUBLIC_KEY));
        data.put("may_delete", !isOwn || member.may(TokenScope.ADMIN_PUBLIC_KEY));
        data.put("previous", page.isFirst() ? 0 : page.number() - 1);
        data.put("next", page.isLast(keys.size()) ? 0 : page.number() + 1);
        return pages.page(HttpResponse.OK, "keys", visit, data);
    }

    private HttpResponse newKeyForm(PageRequest visit) throws PageError, LookupUnavailable {
        return newForm(HttpResponse.OK, visit, keyring(visit), NewKeyForm.EMPTY);
    }

    private HttpResponse add(PageRequest visit) throws PageError, LookupUnavailable {
        ManagedKeys keyring = keyring(visit);
        return switch (NewKeyForm.read(visit.form(), policy, keyring, clock.instant())) {
            case NewKeyForm.Valid(NewKey key) -> add(visit, keyring, key);
            case NewKeyForm.Invalid(NewKeyForm fields) -> newForm(422, visit, keyring, fields);
        };
    }

    private HttpResponse add(PageRequest visit, ManagedKeys keyring, NewKey key) throws PageError, LookupUnavailable {
        return switch (register.add(key, visit.signedIn().actor())) {
            case AddKeyResult.Added(RegisteredKeyDetails added) ->
                done(visit, keyring, "The key “" + added.registered().title() + "” was added.");
            case AddKeyResult.InUse _ ->
                newForm(
                        422,
                        visit,
                        keyring,
                        NewKeyForm.refused(
                                visit.form(),
                                "This key is already in use. Each key is taken once: make another one with ssh-keygen -t ed25519."));
            case AddKeyResult.NoSuchAccount _, AddKeyResult.NoSuchRepository _ -> throw PageError.notFound();
        };
    }

    private HttpResponse newForm(int status, PageRequest visit, ManagedKeys keyring, NewKeyForm fields) {
        var data = data(keyring, keyring instanceof ManagedKeys.Own ? "Add an SSH key" : "Add a deploy key");
        data.put("fields", fields);
        data.put("wrong", fields.wrong());
        return pages.page(status, "key-new", visit, data);
    }

    private HttpResponse renameForm(PageRequest visit) throws PageError, LookupUnavailable {
        ManagedKeys keyring = keyring(visit);
        RegisteredKeyDetails key = renamable(visit, keyring);
        return titleForm(HttpResponse.OK, visit, keyring, key, key.registered().title(), "");
    }

    private HttpResponse rename(PageRequest visit) throws PageError, LookupUnavailable {
        ManagedKeys keyring = keyring(visit);
        RegisteredKeyDetails key = renamable(visit, keyring);
        String title = visit.form().text("title");
        try {
            NewKey.requireTitle(title);
        } catch (IllegalArgumentException e) {
            return titleForm(422, visit, keyring, key, title, NewKeyForm.sentence(e));
        }
        if (register.rename(
                        key.registered().fingerprint(), title, visit.signedIn().actor())
                .isEmpty()) {
            throw PageError.notFound();
        }
        return done(visit, keyring, "The key is now called “" + title + "”.");
    }

    private RegisteredKeyDetails renamable(PageRequest visit, ManagedKeys keyring) throws PageError, LookupUnavailable {
        RegisteredKeyDetails key = key(visit, keyring);
        if (!keyring.mayRename(key)) {
            throw PageError.forbidden(
                    "This key opens other repositories too, so that its title is not this one's to change.");
        }
        return key;
    }

    private HttpResponse titleForm(
            int status, PageRequest visit, ManagedKeys keyring, RegisteredKeyDetails key, String title, String error) {
        FormField field = FormField.empty("title", "Title", "By which you will know the key, such as “Laptop”.")
                .with(title, error);
        var data = data(keyring, "Rename a key");
        data.put("key", view(key, keyring, ""));
        data.put("field", field);
        data.put("wrong", field.isWrong() ? List.of(field) : List.of());
        return pages.page(status, "key-rename", visit, data);
    }

    private HttpResponse deleteForm(PageRequest visit) throws PageError, LookupUnavailable {
        ManagedKeys keyring = keyring(visit);
        var data = data(keyring, "Delete this key?");
        data.put("key", view(key(visit, keyring), keyring, ""));
        return pages.page(HttpResponse.OK, "key-delete", visit, data);
    }

    private HttpResponse delete(PageRequest visit) throws PageError, LookupUnavailable {
        ManagedKeys keyring = keyring(visit);
        RegisteredKeyDetails key = key(visit, keyring);
        String title = key.registered().title();
        return switch (delete(visit, keyring, key)) {
            case DeleteKeyResult.Deleted deleted ->
                done(
                        visit,
                        keyring,
                        "The key “" + title + "” was deleted."
                                + (deleted.gatesNotified()
                                        ? ""
                                        : " It may take a minute until it works nowhere any more."));
            case DeleteKeyResult.NoSuchKey _ -> done(visit, keyring, "The key “" + title + "” was deleted already.");
        };
    }

    /** A deploy key that opens other repositories too goes on opening these: they may be others' to administer. */
    private DeleteKeyResult delete(PageRequest visit, ManagedKeys keyring, RegisteredKeyDetails key)
            throws PageError, LookupUnavailable {
        var actor = visit.signedIn().actor();
        return switch (keyring) {
            case ManagedKeys.Own _ -> register.delete(key.registered().fingerprint(), actor);
            case ManagedKeys.OfRepository(ManagedRepository repository) ->
                register.removeFromRepository(key.registered().fingerprint(), repository.id(), actor);
        };
    }

    private ManagedKeys keyring(PageRequest visit) throws PageError, LookupUnavailable {
        var account = visit.signedIn().account();
        if (visit.part("repo").isEmpty()) {
            return new ManagedKeys.Own(account);
        }
        ManagedRepository repository = authorizer
                .find(visit.part("owner") + "/" + visit.part("repo"), account)
                .orElseThrow(PageError::notFound);
        if (repository.isSuspended()) {
            throw PageError.forbidden("The organization is suspended.");
        }
        return switch (repository.permission()) {
            case ADMIN -> new ManagedKeys.OfRepository(repository);
            case READ ->
                throw PageError.forbidden("Only who administers " + repository.name() + " manages its deploy keys.");
        };
    }

    private List<RegisteredKeyDetails> keys(ManagedKeys keyring) throws LookupUnavailable {
        return switch (keyring) {
            case ManagedKeys.Own(var account) -> register.ofAccount(account.id());
            case ManagedKeys.OfRepository(ManagedRepository repository) -> register.ofRepository(repository.id());
        };
    }

    /** @throws PageError also if the key is somebody else's: whose numbers there are is nobody's business */
    private RegisteredKeyDetails key(PageRequest visit, ManagedKeys keyring) throws PageError, LookupUnavailable {
        long id = visit.id();
        return keys(keyring).stream()
                .filter(key -> key.registered().id() == id)
                .findFirst()
                .orElseThrow(PageError::notFound);
    }

    private Map<Long, String> authors(ManagedKeys keyring) throws LookupUnavailable {
        return switch (keyring) {
            case ManagedKeys.Own _ -> Map.of();
            case ManagedKeys.OfRepository(ManagedRepository repository) ->
                register.authorsOfDeployKeys(repository.id());
        };
    }

    private KeyView view(RegisteredKeyDetails key, ManagedKeys keyring, String author) {
        return KeyView.of(key, keyring, policy.examine(key.key()), author, clock.instant());
    }

    private Map<String, Object> data(ManagedKeys keyring, String title) {
        return new HashMap<>(Map.of(
                "title",
                title,
                "is_own",
                keyring instanceof ManagedKeys.Own,
                "keyring",
                keyring.heading(),
                "path",
                pages.address(keyring.path())));
    }

    /** The change is made, and asking for the page again does not make it again. */
    private HttpResponse done(PageRequest visit, ManagedKeys keyring, String notice) throws LookupUnavailable {
        sessions.notice(visit.principal().secret(), notice);
        return pages.redirect(keyring.path());
    }
}
