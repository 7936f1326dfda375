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

/** Pages that list, add, rename and delete keys: the user's own keys or the deploy keys of a repository. */
final class KeyPages {
    private static final String DEPLOY = ManagedKeys.REPOSITORIES + "/{owner}/{repo}/keys";

    private final MysqlKeyStore keyStore;
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
        this.keyStore = stores.keyStore();
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

    private HttpResponse list(PageRequest page) throws PageError, LookupUnavailable {
        WebPrincipal.SignedIn signedIn = page.signedIn();
        ManagedKeys managedKeys = managedKeys(page);
        List<RegisteredKeyDetails> keys = keys(managedKeys);
        Map<Long, String> authors = authors(managedKeys);
        Pagination pagination = Pagination.of(page.request());
        List<KeyView> views = pagination.slice(keys).stream()
                .map(key -> view(
                        key, managedKeys, authors.getOrDefault(key.registered().id(), "")))
                .toList();
        boolean isOwn = managedKeys instanceof ManagedKeys.Own;
        var data = data(managedKeys, managedKeys.heading());
        data.put("keys", views);
        data.put("may_add", !isOwn || signedIn.may(TokenScope.WRITE_PUBLIC_KEY));
        data.put("may_delete", !isOwn || signedIn.may(TokenScope.ADMIN_PUBLIC_KEY));
        data.put("previous", pagination.isFirst() ? 0 : pagination.number() - 1);
        data.put("next", pagination.isLast(keys.size()) ? 0 : pagination.number() + 1);
        return pages.page(HttpResponse.OK, "keys", page, data);
    }

    private HttpResponse newKeyForm(PageRequest page) throws PageError, LookupUnavailable {
        return newForm(HttpResponse.OK, page, managedKeys(page), NewKeyForm.EMPTY);
    }

    private HttpResponse add(PageRequest page) throws PageError, LookupUnavailable {
        ManagedKeys managedKeys = managedKeys(page);
        return switch (NewKeyForm.read(page.form(), policy, managedKeys, clock.instant())) {
            case NewKeyForm.Valid(NewKey key) -> add(page, managedKeys, key);
            case NewKeyForm.Invalid(NewKeyForm fields) -> newForm(422, page, managedKeys, fields);
        };
    }

    private HttpResponse add(PageRequest page, ManagedKeys managedKeys, NewKey key)
            throws PageError, LookupUnavailable {
        return switch (keyStore.add(key, page.signedIn().actor())) {
            case AddKeyResult.Added(RegisteredKeyDetails added) ->
                redirectToList(
                        page, managedKeys, "The key “" + added.registered().title() + "” was added.");
            case AddKeyResult.InUse(boolean isOwn) ->
                refused(
                        page,
                        managedKeys,
                        isOwn
                                ? "This key is in the list already, so there is nothing to do."
                                : "This key is already in use, and each key can be added only once. Create another one"
                                        + " with ssh-keygen -t ed25519.");
            case AddKeyResult.TooMany(int max) ->
                refused(
                        page,
                        managedKeys,
                        "There are already " + max + " keys, and no more are possible. Delete one first.");
            case AddKeyResult.NoSuchAccount _, AddKeyResult.NoSuchRepository _ -> throw PageError.notFound();
        };
    }

    private HttpResponse refused(PageRequest page, ManagedKeys managedKeys, String message) {
        return newForm(422, page, managedKeys, NewKeyForm.refused(page.form(), message));
    }

    private HttpResponse newForm(int status, PageRequest page, ManagedKeys managedKeys, NewKeyForm fields) {
        var data = data(managedKeys, managedKeys instanceof ManagedKeys.Own ? "Add an SSH key" : "Add a deploy key");
        data.put("fields", fields);
        data.put("invalid_fields", fields.invalidFields());
        return pages.page(status, "key-new", page, data);
    }

    private HttpResponse renameForm(PageRequest page) throws PageError, LookupUnavailable {
        ManagedKeys managedKeys = managedKeys(page);
        RegisteredKeyDetails key = renamable(page, managedKeys);
        return titleForm(
                HttpResponse.OK, page, managedKeys, key, key.registered().title(), "");
    }

    private HttpResponse rename(PageRequest page) throws PageError, LookupUnavailable {
        ManagedKeys managedKeys = managedKeys(page);
        RegisteredKeyDetails key = renamable(page, managedKeys);
        String title = page.form().text("title");
        try {
            NewKey.requireTitle(title);
        } catch (IllegalArgumentException e) {
            return titleForm(422, page, managedKeys, key, title, NewKeyForm.toSentence(e));
        }
        if (keyStore.rename(
                        key.registered().fingerprint(), title, page.signedIn().actor())
                .isEmpty()) {
            throw PageError.notFound();
        }
        return redirectToList(page, managedKeys, "The key was renamed to “" + title + "”.");
    }

    private RegisteredKeyDetails renamable(PageRequest page, ManagedKeys managedKeys)
            throws PageError, LookupUnavailable {
        RegisteredKeyDetails key = key(page, managedKeys);
        if (!managedKeys.mayRename(key)) {
            throw PageError.forbidden("This key also belongs to other repositories and cannot be renamed here.");
        }
        return key;
    }

    private HttpResponse titleForm(
            int status,
            PageRequest page,
            ManagedKeys managedKeys,
            RegisteredKeyDetails key,
            String title,
            String error) {
        FormField field = FormField.empty("title", "Title", "A name for the key, such as “Laptop”.")
                .with(title, error);
        var data = data(managedKeys, "Rename a key");
        data.put("key", view(key, managedKeys, ""));
        data.put("field", field);
        data.put("invalid_fields", field.hasError() ? List.of(field) : List.of());
        return pages.page(status, "key-rename", page, data);
    }

    private HttpResponse deleteForm(PageRequest page) throws PageError, LookupUnavailable {
        ManagedKeys managedKeys = managedKeys(page);
        var data = data(managedKeys, "Delete this key?");
        data.put("key", view(key(page, managedKeys), managedKeys, ""));
        return pages.page(HttpResponse.OK, "key-delete", page, data);
    }

    private HttpResponse delete(PageRequest page) throws PageError, LookupUnavailable {
        ManagedKeys managedKeys = managedKeys(page);
        RegisteredKeyDetails key = key(page, managedKeys);
        String title = key.registered().title();
        return switch (delete(page, managedKeys, key)) {
            case DeleteKeyResult.Deleted deleted ->
                redirectToList(
                        page,
                        managedKeys,
                        "The key “" + title + "” was deleted."
                                + (deleted.gatesNotified() ? "" : " It may continue to work for up to a minute."));
            case DeleteKeyResult.NoSuchKey _ ->
                redirectToList(page, managedKeys, "The key “" + title + "” had already been deleted.");
        };
    }

    /**
     * Removes a deploy key from this repository only. The user may not be an administrator of the key's other
     * repositories.
     */
    private DeleteKeyResult delete(PageRequest page, ManagedKeys managedKeys, RegisteredKeyDetails key)
            throws PageError, LookupUnavailable {
        var actor = page.signedIn().actor();
        return switch (managedKeys) {
            case ManagedKeys.Own _ -> keyStore.delete(key.registered().fingerprint(), actor);
            case ManagedKeys.OfRepository(ManagedRepository repository) ->
                keyStore.removeFromRepository(key.registered().fingerprint(), repository.id(), actor);
        };
    }

    private ManagedKeys managedKeys(PageRequest page) throws PageError, LookupUnavailable {
        var account = page.signedIn().account();
        if (page.pathParameter("repo").isEmpty()) {
            return new ManagedKeys.Own(account);
        }
        ManagedRepository repository = authorizer
                .find(page.pathParameter("owner") + "/" + page.pathParameter("repo"), account)
                .orElseThrow(PageError::notFound);
        if (repository.isSuspended()) {
            throw PageError.forbidden("The organization is suspended.");
        }
        return switch (repository.permission()) {
            case ADMIN -> new ManagedKeys.OfRepository(repository);
            case READ ->
                throw PageError.forbidden(
                        "Only an administrator of " + repository.name() + " can manage its deploy keys.");
        };
    }

    private List<RegisteredKeyDetails> keys(ManagedKeys managedKeys) throws LookupUnavailable {
        return switch (managedKeys) {
            case ManagedKeys.Own(var account) -> keyStore.ofAccount(account.id());
            case ManagedKeys.OfRepository(ManagedRepository repository) -> keyStore.ofRepository(repository.id());
        };
    }

    /**
     * Returns the key with the id of the path.
     *
     * @throws PageError 404 also if the key belongs to somebody else, so that the response does not reveal it
     */
    private RegisteredKeyDetails key(PageRequest page, ManagedKeys managedKeys) throws PageError, LookupUnavailable {
        long id = page.id();
        return keys(managedKeys).stream()
                .filter(key -> key.registered().id() == id)
                .findFirst()
                .orElseThrow(PageError::notFound);
    }

    private Map<Long, String> authors(ManagedKeys managedKeys) throws LookupUnavailable {
        return switch (managedKeys) {
            case ManagedKeys.Own _ -> Map.of();
            case ManagedKeys.OfRepository(ManagedRepository repository) ->
                keyStore.authorsOfDeployKeys(repository.id());
        };
    }

    private KeyView view(RegisteredKeyDetails key, ManagedKeys managedKeys, String author) {
        return KeyView.of(key, managedKeys, policy.examine(key.key()), author, clock.instant());
    }

    private Map<String, Object> data(ManagedKeys managedKeys, String title) {
        return new HashMap<>(Map.of(
                "title",
                title,
                "is_own",
                managedKeys instanceof ManagedKeys.Own,
                "heading",
                managedKeys.heading(),
                "path",
                pages.address(managedKeys.path())));
    }

    /** Redirects to the list after a change, so that reloading the page does not repeat the change. */
    private HttpResponse redirectToList(PageRequest page, ManagedKeys managedKeys, String notice)
            throws LookupUnavailable {
        sessions.setNotice(page.principal().secret(), notice);
        return pages.redirect(managedKeys.path());
    }
}
