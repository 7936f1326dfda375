package io.gerve.cli;

import io.gerve.git.RepositoryName;
import io.gerve.keylookup.key.Actor;
import io.gerve.keylookup.key.Addition;
import io.gerve.keylookup.key.Deletion;
import io.gerve.keylookup.key.DeployAccess;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.KeyHolder;
import io.gerve.keylookup.key.Login;
import io.gerve.keylookup.key.MysqlKeyRegister;
import io.gerve.keylookup.key.NewKey;
import io.gerve.keylookup.key.RegisteredKey;
import io.gerve.keylookup.key.Validity;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.registry.MysqlAccounts;
import io.gerve.registry.MysqlRepositories;
import io.gerve.registry.Refused;
import io.gerve.registry.Unreachable;
import io.gerve.registry.Words;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The keys of accounts and repositories, by the names that operators give these. */
final class Keys {
    static final Table<RegisteredKey> KEYS = Table.<RegisteredKey>rows()
            .column("id", key -> key.known().id())
            .column("fingerprint", key -> key.known().fingerprint().text())
            .column("type", key -> key.key().algorithm().wireName())
            .column("bits", key -> key.key().bits())
            .column("title", key -> key.known().title())
            .column("holder", Keys::holder)
            .column("validity", Keys::validity)
            .column("added", RegisteredKey::createdAt)
            .column("last_used", key -> key.lastUsedAt().equals(Instant.MIN) ? "" : key.lastUsedAt());

    private final MysqlKeyRegister register;
    private final MysqlAccounts accounts;
    private final MysqlRepositories repositories;
    private final Actor actor;

    Keys(MysqlKeyRegister register, MysqlAccounts accounts, MysqlRepositories repositories, Actor actor) {
        this.register = register;
        this.accounts = accounts;
        this.repositories = repositories;
        this.actor = actor;
    }

    NewKey.Holder account(Login login) throws Refused, Unreachable {
        return new NewKey.ForAccount(accounts.show(login).entry().account().id());
    }

    NewKey.Holder deploy(List<RepositoryName> names, DeployAccess access) throws Refused, Unreachable {
        Map<Long, DeployAccess> rights = new HashMap<>();
        for (var name : names) {
            rights.put(repositories.show(name).id(), access);
        }
        return new NewKey.ForRepositories(rights);
    }

    RegisteredKey add(NewKey key) throws Refused, LookupUnavailable {
        return switch (register.add(key, actor)) {
            case Addition.Added(RegisteredKey added) -> added;
            case Addition.InUse _ ->
                throw new Refused("That key is in use, was deleted within the last 90 days, or was revoked."
                        + " A key belongs to one account or deployment only: make another one with ssh-keygen.");
            case Addition.NoSuchAccount _, Addition.NoSuchRepository _ ->
                throw new Refused("Whose key it was to be was removed at this moment.");
        };
    }

    List<RegisteredKey> ofAccount(Login login) throws Refused, Unreachable, LookupUnavailable {
        return register.ofAccount(accounts.show(login).entry().account().id());
    }

    List<RegisteredKey> ofRepository(RepositoryName name) throws Refused, Unreachable, LookupUnavailable {
        return register.ofRepository(repositories.show(name).id());
    }

    Optional<RegisteredKey> find(Fingerprint fingerprint) throws LookupUnavailable {
        return register.find(fingerprint);
    }

    /** @throws Refused if nobody has that key */
    RegisteredKey named(KeyName name) throws Refused, LookupUnavailable {
        return switch (name) {
            case KeyName.ByFingerprint(Fingerprint fingerprint) ->
                register.find(fingerprint).orElseThrow(() -> unknown(fingerprint.text()));
            case KeyName.ById(long id) -> register.find(id).orElseThrow(() -> unknown("with the id " + id));
        };
    }

    /** Those of the keys that are registered. */
    List<RegisteredKey> among(Collection<Fingerprint> fingerprints) throws LookupUnavailable {
        return register.among(fingerprints);
    }

    List<RegisteredKey> after(long id, int most) throws LookupUnavailable {
        return register.after(id, most);
    }

    static boolean isRevoked(RegisteredKey key) {
        return key.known().validity() instanceof Validity.Revoked;
    }

    /** One that is revoked already keeps its first reason, and the gates are told once more. */
    void revoke(Fingerprint fingerprint, Words reason) throws LookupUnavailable {
        register.revoke(fingerprint, reason.text(), actor);
    }

    void delete(Fingerprint fingerprint) throws Refused, LookupUnavailable {
        if (register.delete(fingerprint, actor) instanceof Deletion.NoSuchKey) {
            throw unknown(fingerprint.text());
        }
    }

    private static Refused unknown(String key) {
        return new Refused("Nobody has the key " + key + ". See: gerve key list --account LOGIN");
    }

    static Object holder(RegisteredKey key) {
        return switch (key.known().holder()) {
            case KeyHolder.OfAccount(var account) -> account.login().text();
            case KeyHolder.Deploy _ ->
                key.rights().stream()
                        .map(right ->
                                right.repository() + (right.access() == DeployAccess.READ_WRITE ? ":write" : ":read"))
                        .toList();
        };
    }

    static String validity(RegisteredKey key) {
        return switch (key.known().validity()) {
            case Validity.Until(Instant end) -> end.equals(Instant.MAX) ? "valid" : "until " + end;
            case Validity.Revoked(Instant at, String reason) ->
                "revoked " + at + " by " + key.revokedBy() + (reason.isEmpty() ? "" : ": " + reason);
        };
    }
}
