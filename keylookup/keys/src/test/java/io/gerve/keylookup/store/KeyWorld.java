package io.gerve.keylookup.store;

import static io.gerve.sql.schema.Tables.GRANT_CHANGES;

import io.gerve.config.KeyPolicySettings;
import io.gerve.invalidation.FakeInvalidationBus;
import io.gerve.keylookup.directory.Actor;
import io.gerve.keylookup.directory.DeployKeyAccess;
import io.gerve.keylookup.directory.MysqlKeyDirectory;
import io.gerve.keylookup.key.Blob;
import io.gerve.keylookup.key.InvalidKey;
import io.gerve.keylookup.key.PublicKey;
import io.gerve.keylookup.policy.CompromisedKeys;
import io.gerve.keylookup.policy.KeyPolicy;
import io.gerve.sql.Database;
import io.gerve.sql.testing.RunningMariaDb;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Fixture with a new database, a key store and a clock that the test advances. */
public final class KeyWorld implements AutoCloseable {
    static final Actor OPERATOR = new Actor("root", "cli");
    static final KeyPolicy POLICY = new KeyPolicy(
            new KeyPolicySettings(2048, 3072, KeyPolicySettings.WeakKeys.WARN, List.of()),
            new CompromisedKeys(List.of(), System::nanoTime));

    private final Database database = new Database(RunningMariaDb.shared().newMigratedDatabase());
    private final FakeInvalidationBus invalidations = new FakeInvalidationBus();
    private volatile Instant now = Instant.parse("2026-03-29T01:30:00.123456Z");
    private final People people = new People(database, () -> now);
    private final MysqlKeyStore keyStore = new MysqlKeyStore(database, invalidations, () -> now);
    private final MysqlKeyDirectory directory = new MysqlKeyDirectory(database, POLICY);

    Database database() {
        return database;
    }

    FakeInvalidationBus invalidations() {
        return invalidations;
    }

    MysqlKeyStore keyStore() {
        return keyStore;
    }

    MysqlKeyDirectory directory() {
        return directory;
    }

    Instant now() {
        return now;
    }

    void advance(Duration time) {
        now = now.plus(time);
    }

    long account(String login) {
        return people.user(login);
    }

    long repository(long owner, String name) {
        return people.repository(owner, name, "private");
    }

    public static PublicKey key() {
        try {
            return PublicKey.ofBlob(Blob.ed25519());
        } catch (InvalidKey | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static NewKey keyOf(long account, PublicKey key) {
        return new NewKey(key, "laptop", Instant.MAX, new NewKey.ForAccount(account));
    }

    static NewKey deploy(PublicKey key, Map<Long, DeployKeyAccess> access) {
        return new NewKey(key, "ci", Instant.MAX, new NewKey.ForRepositories(access));
    }

    /** Returns the change history in order: actor, program, kind, account, repository, former and new value. */
    List<String> history() {
        return database.sql()
                .selectFrom(GRANT_CHANGES)
                .orderBy(GRANT_CHANGES.ID)
                .fetch(row -> String.join(
                        " ",
                        row.getActor(),
                        row.getProgram(),
                        row.getKind().label(),
                        String.valueOf(row.getAccountId()),
                        String.valueOf(row.getRepositoryId()),
                        String.valueOf(row.getBeforeValue()),
                        String.valueOf(row.getAfterValue())));
    }

    @Override
    public void close() {
        database.close();
    }
}
