package io.gerve.admin;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gerve.access.Repository.Visibility;
import io.gerve.admin.BreakingDatabaseProxy.Break;
import io.gerve.git.RepositoryName;
import io.gerve.invalidation.Invalidation;
import io.gerve.invalidation.InvalidationBus;
import io.gerve.keylookup.directory.Actor;
import io.gerve.keylookup.directory.Login;
import io.gerve.sql.Database;
import io.gerve.sql.DatabaseSettings;
import io.gerve.sql.testing.RunningMariaDb;
import io.gerve.testing.NoRepositoryFolders;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jooq.exception.DataAccessException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A connection lost during a commit leaves it unknown whether the change was committed. The folder must be where the
 * database says.
 */
class LostCommitIT {
    private static final RepositoryName OLD = new RepositoryName(new Login("mojombo"), "bert");
    private static final RepositoryName NEW = new RepositoryName(new Login("mojombo"), "ernie");

    private final Folders folders = new Folders();
    private final RecordingBus invalidations = new RecordingBus();
    private BreakingDatabaseProxy proxy;
    private Database database;
    private MysqlRepositoryStore repositories;
    private RepositoryService service;

    @BeforeEach
    void start() throws Exception {
        DatabaseSettings direct = RunningMariaDb.shared().newMigratedDatabase();
        int port = RunningMariaDb.shared().port();
        proxy = new BreakingDatabaseProxy(port);
        database = new Database(new DatabaseSettings(
                // The proxy must read the traffic, so TLS is disabled.
                direct.url().replace(":" + port + "/", ":" + proxy.port() + "/")
                        + "?sslMode=DISABLED&allowPublicKeyRetrieval=true",
                direct.user(),
                direct.password(),
                direct.maximumPoolSize(),
                direct.queryTimeout()));
        database.sql()
                .insertInto(ACCOUNTS)
                .set(ACCOUNTS.LOGIN, "mojombo")
                .set(ACCOUNTS.KIND, "user")
                .set(ACCOUNTS.CREATED_AT, Instant.EPOCH)
                .execute();
        var transactions = new AuditedTransaction(database, new Actor("root", "cli"), invalidations, Clock.systemUTC());
        repositories = new MysqlRepositoryStore(transactions);
        service = new RepositoryService(repositories, folders);
        service.create(OLD, Visibility.PRIVATE, NewFolder.USUAL);
        invalidations.published.clear();
    }

    @AfterEach
    void stop() throws Exception {
        assertThat(proxy.hasBroken()).isTrue();
        database.close();
        proxy.close();
    }

    @Test
    void renameWithLostCommitAnswerSucceeds() throws Exception {
        proxy.breakAtNextCommit(Break.AFTER_COMMIT);

        assertThat(service.rename(OLD, NEW).name()).isEqualTo(NEW);
        assertThat(folders.existing).containsExactly(NEW);
        assertThat(invalidations.published).isNotEmpty();
    }

    @Test
    void uncommittedRenameIsRolledBack() throws Exception {
        proxy.breakAtNextCommit(Break.BEFORE_COMMIT);

        assertThatThrownBy(() -> service.rename(OLD, NEW)).isInstanceOf(DependencyUnavailable.class);
        assertThat(folders.existing).containsExactly(OLD);
        assertThat(repositories.show(OLD).name()).isEqualTo(OLD);
    }

    /** Gates are notified after the commit: a failure at that point must not move the folder back. */
    @Test
    void committedRenameIsNotRolledBackByLaterFailure() throws Exception {
        invalidations.fails = true;

        assertThatThrownBy(() -> service.rename(OLD, NEW)).isInstanceOf(IllegalStateException.class);
        assertThat(folders.existing).containsExactly(NEW);
        assertThat(repositories.show(NEW).name()).isEqualTo(NEW);
    }

    /** A wrong schema is not an outage, because a retry would not help. */
    @Test
    void wrongSchemaIsNotReportedAsOutageAndFolderStays() throws Exception {
        database.sql().execute("RENAME TABLE repository_redirects TO elsewhere");

        assertThatThrownBy(() -> service.rename(OLD, NEW)).isInstanceOf(DataAccessException.class);
        assertThat(folders.existing).containsExactly(OLD);
        assertThat(repositories.list(Optional.empty()).getFirst().name()).isEqualTo(OLD);
        assertThatThrownBy(() -> repositories.redirects(OLD)).isInstanceOf(DataAccessException.class);
    }

    @Test
    void lockedRowIsReportedAsOutageAndFolderStays() throws Exception {
        database.sql().transaction(other -> {
            other.dsl().execute("SELECT 1 FROM repositories FOR UPDATE");

            assertThatThrownBy(() -> service.rename(OLD, NEW)).isInstanceOf(DependencyUnavailable.class);
        });
        assertThat(folders.existing).containsExactly(OLD);
    }

    @Test
    void deletionWithLostCommitAnswerSucceeds() throws Exception {
        proxy.breakAtNextCommit(Break.AFTER_COMMIT);

        service.delete(OLD);
        assertThat(folders.existing).isEmpty();
        assertThat(repositories.list(Optional.empty())).isEmpty();
        assertThat(invalidations.published).isNotEmpty();
    }

    @Test
    void uncommittedDeletionKeepsTheFolder() throws Exception {
        proxy.breakAtNextCommit(Break.BEFORE_COMMIT);

        assertThatThrownBy(() -> service.delete(OLD)).isInstanceOf(DependencyUnavailable.class);
        assertThat(folders.existing).containsExactly(OLD);
        assertThat(repositories.show(OLD).name()).isEqualTo(OLD);
    }

    @Test
    void deletionThatKeepsTheFolderSaysSo() throws Exception {
        folders.isAvailable = false;

        assertThatThrownBy(() -> service.delete(OLD))
                .isInstanceOf(DependencyUnavailable.class)
                .hasMessageContaining("mojombo/bert is deleted, but its folder");
        assertThat(repositories.list(Optional.empty())).isEmpty();
    }

    private static final class Folders extends NoRepositoryFolders {
        private final Set<RepositoryName> existing = new HashSet<>();
        private boolean isAvailable = true;

        @Override
        public FolderDetails create(RepositoryName repository, NewFolder form) {
            existing.add(repository);
            return FolderDetails.UNKNOWN;
        }

        @Override
        public boolean move(RepositoryName from, RepositoryName to) {
            return existing.remove(from) && existing.add(to);
        }

        @Override
        public void remove(RepositoryName repository) throws DependencyUnavailable {
            if (!isAvailable) {
                throw new DependencyUnavailable("fs1a did not answer.");
            }
            existing.remove(repository);
        }
    }

    private static final class RecordingBus implements InvalidationBus {
        private final List<Invalidation> published = new ArrayList<>();
        private boolean fails;

        @Override
        public boolean publish(Invalidation invalidation) {
            if (fails) {
                throw new IllegalStateException("a bug");
            }
            return published.add(invalidation);
        }

        @Override
        public void listen(Consumer<Invalidation> listener) {
            throw new UnsupportedOperationException("nobody listens");
        }

        @Override
        public boolean isConnected() {
            return true;
        }
    }
}
