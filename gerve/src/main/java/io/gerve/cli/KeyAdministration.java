package io.gerve.cli;

import io.gerve.admin.ChangeRefused;
import io.gerve.admin.DependencyUnavailable;
import io.gerve.admin.MysqlAccountStore;
import io.gerve.admin.MysqlRepositoryStore;
import io.gerve.admin.OperatorMessage;
import io.gerve.cli.key.KeySelector;
import io.gerve.cli.key.KeyStatus;
import io.gerve.cli.output.Table;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Actor;
import io.gerve.keylookup.directory.DeployKeyAccess;
import io.gerve.keylookup.directory.KeyValidity;
import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.directory.Principal;
import io.gerve.keylookup.directory.RegisteredKeyDetails;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.store.AddKeyResult;
import io.gerve.keylookup.store.DeleteKeyResult;
import io.gerve.keylookup.store.MysqlKeyStore;
import io.gerve.keylookup.store.NewKey;
import io.gerve.lookup.LookupUnavailable;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Keys of accounts and repositories, found by the names that operators use. */
public final class KeyAdministration {
    public static final Table<RegisteredKeyDetails> KEYS = Table.<RegisteredKeyDetails>rows()
            .column("id", key -> key.registered().id())
            .column("fingerprint", key -> key.registered().fingerprint().text())
            .column("type", key -> key.key().algorithm().wireName())
            .column("bits", key -> key.key().bits())
            .column("title", key -> key.registered().title())
            .column("principal", KeyAdministration::principal)
            .column("status", key -> KeyStatus.of(key, Instant.now()))
            .column("created_at", RegisteredKeyDetails::createdAt)
            .column("expires_at", KeyAdministration::expiry)
            .column(
                    "revoked",
                    key -> KeyAdministration.revocation(key)
                            .<Object>map(KeyValidity.Revoked::at)
                            .orElse(""))
            .column("revoked_by", key -> isRevoked(key) ? key.revokedBy() : "")
            .column(
                    "reason",
                    key -> KeyAdministration.revocation(key)
                            .map(KeyValidity.Revoked::reason)
                            .orElse(""))
            .column("last_used_at", key -> key.lastUsedAt().equals(Instant.MIN) ? "" : key.lastUsedAt());

    private final MysqlKeyStore keyStore;
    private final MysqlAccountStore accounts;
    private final MysqlRepositoryStore repositories;
    private final Actor actor;

    KeyAdministration(
            MysqlKeyStore keyStore, MysqlAccountStore accounts, MysqlRepositoryStore repositories, Actor actor) {
        this.keyStore = keyStore;
        this.accounts = accounts;
        this.repositories = repositories;
        this.actor = actor;
    }

    public NewKey.Owner account(Login login) throws ChangeRefused, DependencyUnavailable {
        return new NewKey.ForAccount(accounts.show(login).details().account().id());
    }

    public NewKey.Owner deploy(List<RepositoryName> names, DeployKeyAccess access)
            throws ChangeRefused, DependencyUnavailable {
        Map<Long, DeployKeyAccess> rights = new HashMap<>();
        for (var name : names) {
            rights.put(repositories.show(name).id(), access);
        }
        return new NewKey.ForRepositories(rights);
    }

    public RegisteredKeyDetails add(NewKey key) throws ChangeRefused, LookupUnavailable {
        return switch (keyStore.add(key, actor)) {
            case AddKeyResult.Added(RegisteredKeyDetails added) -> added;
            case AddKeyResult.InUse(boolean isOwn) ->
                throw new ChangeRefused(
                        isOwn
                                ? "That key is registered for this account or repository already."
                                : "That key is in use, was deleted by another owner within the last 90 days, or was"
                                        + " revoked. A key belongs to one account or deployment only. Make another one"
                                        + " with ssh-keygen.");
            case AddKeyResult.TooMany(int max) ->
                throw new ChangeRefused("The account or a repository already has " + max
                        + " keys, and no more are possible. Delete one first: gerve key delete");
            case AddKeyResult.NoSuchAccount _, AddKeyResult.NoSuchRepository _ ->
                throw new ChangeRefused("The account or repository was deleted at the same time.");
        };
    }

    public List<RegisteredKeyDetails> ofAccount(Login login)
            throws ChangeRefused, DependencyUnavailable, LookupUnavailable {
        return keyStore.ofAccount(accounts.show(login).details().account().id());
    }

    public List<RegisteredKeyDetails> ofRepository(RepositoryName name)
            throws ChangeRefused, DependencyUnavailable, LookupUnavailable {
        return keyStore.ofRepository(repositories.show(name).id());
    }

    public Optional<RegisteredKeyDetails> find(Fingerprint fingerprint) throws LookupUnavailable {
        return keyStore.find(fingerprint);
    }

    /** @throws ChangeRefused if the key is not registered */
    public RegisteredKeyDetails named(KeySelector name) throws ChangeRefused, LookupUnavailable {
        return switch (name) {
            case KeySelector.ByFingerprint(Fingerprint fingerprint) ->
                keyStore.find(fingerprint).orElseThrow(() -> unknown(fingerprint.text()));
            case KeySelector.ById(long id) -> keyStore.find(id).orElseThrow(() -> unknown("with the id " + id));
        };
    }

    /** Returns those of the keys that are registered. */
    public List<RegisteredKeyDetails> among(Collection<Fingerprint> fingerprints) throws LookupUnavailable {
        return keyStore.among(fingerprints);
    }

    /** Returns at most {@code rowsMax} keys whose ids are greater. */
    public List<RegisteredKeyDetails> after(long id, int rowsMax) throws LookupUnavailable {
        return keyStore.after(id, rowsMax);
    }

    public static boolean isRevoked(RegisteredKeyDetails key) {
        return key.registered().validity() instanceof KeyValidity.Revoked;
    }

    /**
     * Revokes the key. A key that is revoked already keeps its first reason, and the invalidation is published again.
     */
    public void revoke(Fingerprint fingerprint, OperatorMessage reason) throws LookupUnavailable {
        keyStore.revoke(fingerprint, reason.text(), actor);
    }

    public void delete(Fingerprint fingerprint) throws ChangeRefused, LookupUnavailable {
        if (keyStore.delete(fingerprint, actor) instanceof DeleteKeyResult.NoSuchKey) {
            throw unknown(fingerprint.text());
        }
    }

    private static ChangeRefused unknown(String key) {
        return new ChangeRefused("The key " + key + " is not registered. See: gerve key list --account LOGIN");
    }

    /** Returns the login of the account, or a list of {@code owner/name:read} or {@code :write} of a deploy key. */
    public static Object principal(RegisteredKeyDetails key) {
        return switch (key.registered().principal()) {
            case Principal.OfAccount(var account) -> account.login().text();
            case Principal.OfDeployKey _ ->
                key.grants().stream()
                        .map(right -> right.repository()
                                + (right.access() == DeployKeyAccess.READ_WRITE ? ":write" : ":read"))
                        .toList();
        };
    }

    public static Optional<KeyValidity.Revoked> revocation(RegisteredKeyDetails key) {
        return key.registered().validity() instanceof KeyValidity.Revoked revoked
                ? Optional.of(revoked)
                : Optional.empty();
    }

    private static Object expiry(RegisteredKeyDetails key) {
        return key.registered().validity() instanceof KeyValidity.ValidUntil(Instant end) && !end.equals(Instant.MAX)
                ? end
                : "";
    }
}
