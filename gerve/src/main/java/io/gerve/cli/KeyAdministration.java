package io.gerve.cli;

import io.gerve.admin.ChangeRefused;
import io.gerve.admin.DependencyUnavailable;
import io.gerve.admin.MysqlAccountStore;
import io.gerve.admin.MysqlRepositoryStore;
import io.gerve.admin.OperatorMessage;
import io.gerve.cli.key.KeySelector;
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

/** The keys of accounts and repositories, by the names that operators give these. */
public final class KeyAdministration {
    public static final Table<RegisteredKeyDetails> KEYS = Table.<RegisteredKeyDetails>rows()
            .column("id", key -> key.registered().id())
            .column("fingerprint", key -> key.registered().fingerprint().text())
            .column("type", key -> key.key().algorithm().wireName())
            .column("bits", key -> key.key().bits())
            .column("title", key -> key.registered().title())
            .column("holder", KeyAdministration::holder)
            .column("validity", KeyAdministration::validity)
            .column("added", RegisteredKeyDetails::createdAt)
            .column("last_used", key -> key.lastUsedAt().equals(Instant.MIN) ? "" : key.lastUsedAt());

    private final MysqlKeyStore register;
    private final MysqlAccountStore accounts;
    private final MysqlRepositoryStore repositories;
    private final Actor actor;

    KeyAdministration(
            MysqlKeyStore register, MysqlAccountStore accounts, MysqlRepositoryStore repositories, Actor actor) {
        this.register = register;
        this.accounts = accounts;
        this.repositories = repositories;
        this.actor = actor;
    }

    public NewKey.Owner account(Login login) throws ChangeRefused, DependencyUnavailable {
        return new NewKey.ForAccount(accounts.show(login).entry().account().id());
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
        return switch (register.add(key, actor)) {
            case AddKeyResult.Added(RegisteredKeyDetails added) -> added;
            case AddKeyResult.InUse _ ->
                throw new ChangeRefused("That key is in use, was deleted within the last 90 days, or was revoked."
                        + " A key belongs to one account or deployment only: make another one with ssh-keygen.");
            case AddKeyResult.NoSuchAccount _, AddKeyResult.NoSuchRepository _ ->
                throw new ChangeRefused("Whose key it was to be was removed at this moment.");
        };
    }

    public List<RegisteredKeyDetails> ofAccount(Login login)
            throws ChangeRefused, DependencyUnavailable, LookupUnavailable {
        return register.ofAccount(accounts.show(login).entry().account().id());
    }

    public List<RegisteredKeyDetails> ofRepository(RepositoryName name)
            throws ChangeRefused, DependencyUnavailable, LookupUnavailable {
        return register.ofRepository(repositories.show(name).id());
    }

    public Optional<RegisteredKeyDetails> find(Fingerprint fingerprint) throws LookupUnavailable {
        return register.find(fingerprint);
    }

    /** @throws ChangeRefused if nobody has that key */
    public RegisteredKeyDetails named(KeySelector name) throws ChangeRefused, LookupUnavailable {
        return switch (name) {
            case KeySelector.ByFingerprint(Fingerprint fingerprint) ->
                register.find(fingerprint).orElseThrow(() -> unknown(fingerprint.text()));
            case KeySelector.ById(long id) -> register.find(id).orElseThrow(() -> unknown("with the id " + id));
        };
    }

    /** Those of the keys that are registered. */
    public List<RegisteredKeyDetails> among(Collection<Fingerprint> fingerprints) throws LookupUnavailable {
        return register.among(fingerprints);
    }

    public List<RegisteredKeyDetails> after(long id, int most) throws LookupUnavailable {
        return register.after(id, most);
    }

    public static boolean isRevoked(RegisteredKeyDetails key) {
        return key.registered().validity() instanceof KeyValidity.Revoked;
    }

    /** One that is revoked already keeps its first reason, and the gates are told once more. */
    public void revoke(Fingerprint fingerprint, OperatorMessage reason) throws LookupUnavailable {
        register.revoke(fingerprint, reason.text(), actor);
    }

    public void delete(Fingerprint fingerprint) throws ChangeRefused, LookupUnavailable {
        if (register.delete(fingerprint, actor) instanceof DeleteKeyResult.NoSuchKey) {
            throw unknown(fingerprint.text());
        }
    }

    private static ChangeRefused unknown(String key) {
        return new ChangeRefused("Nobody has the key " + key + ". See: gerve key list --account LOGIN");
    }

    public static Object holder(RegisteredKeyDetails key) {
        return switch (key.registered().principal()) {
            case Principal.OfAccount(var account) -> account.login().text();
            case Principal.OfDeployKey _ ->
                key.grants().stream()
                        .map(right -> right.repository()
                                + (right.access() == DeployKeyAccess.READ_WRITE ? ":write" : ":read"))
                        .toList();
        };
    }

    public static String validity(RegisteredKeyDetails key) {
        return switch (key.registered().validity()) {
            case KeyValidity.ValidUntil(Instant end) -> end.equals(Instant.MAX) ? "valid" : "until " + end;
            case KeyValidity.Revoked(Instant at, String reason) ->
                "revoked " + at + " by " + key.revokedBy() + (reason.isEmpty() ? "" : ": " + reason);
        };
    }
}
