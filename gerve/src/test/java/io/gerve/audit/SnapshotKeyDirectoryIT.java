package io.gerve.audit;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.audit.snapshot.MysqlSnapshotKeyDirectory;
import io.gerve.keylookup.directory.Actor;
import io.gerve.keylookup.key.PublicKey;
import io.gerve.keylookup.store.MysqlKeyStore;
import io.gerve.keylookup.store.NewKey;
import io.gerve.session.DirectInvalidationBus;
import io.gerve.sql.Database;
import io.gerve.sql.testing.RunningMariaDb;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SnapshotKeyDirectoryIT {
    private static final Actor OPERATOR = new Actor("root", "cli");
    private static final String KEY =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

    /** A client such as Terraform replaces a key by deleting and adding it, which must not hide that it was usable. */
    @Test
    void keyThatItsOwnerDeletedAndAddedAgainExistedBeforeAndAfterButNotBetween() throws Exception {
        Instant first = Instant.parse("2026-01-01T00:00:00Z");
        var now = new AtomicReference<>(first);
        try (var database = new Database(RunningMariaDb.shared().newMigratedDatabase())) {
            database.sql()
                    .insertInto(ACCOUNTS)
                    .set(ACCOUNTS.ID, 2L)
                    .set(ACCOUNTS.LOGIN, "tom")
                    .set(ACCOUNTS.KIND, "user")
                    .set(ACCOUNTS.CREATED_AT, first)
                    .execute();
            var keys = new MysqlKeyStore(database, new DirectInvalidationBus(), now::get);
            var key = new NewKey(PublicKey.ofLine(KEY), "laptop", Instant.MAX, new NewKey.ForAccount(2));
            keys.add(key, OPERATOR);
            now.set(first.plus(Duration.ofDays(2)));
            keys.delete(key.key().fingerprint(), OPERATOR);
            now.set(first.plus(Duration.ofDays(4)));
            keys.add(key, OPERATOR);

            assertThat(existed(database, key, first.minusSeconds(1))).isFalse();
            assertThat(existed(database, key, first.plus(Duration.ofDays(1)))).isTrue();
            assertThat(existed(database, key, first.plus(Duration.ofDays(3)))).isFalse();
            assertThat(existed(database, key, first.plus(Duration.ofDays(5)))).isTrue();
        }
    }

    private static boolean existed(Database database, NewKey key, Instant at) throws Exception {
        return new MysqlSnapshotKeyDirectory(database::sql, at)
                .find(key.key().fingerprint())
                .value()
                .isPresent();
    }
}
