package io.gerve.admin;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gerve.access.Repository.Visibility;
import io.gerve.admin.DatabaseLine.Break;
import io.gerve.git.RepositoryName;
import io.gerve.invalidation.Invalidation;
import io.gerve.invalidation.InvalidationBus;
import io.gerve.keylookup.directory.Actor;
import io.gerve.keylookup.directory.Login;
import io.gerve.sql.Database;
import io.gerve.sql.DatabaseSettings;
import io.gerve.sql.testing.RunningMariaDb;
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

/** A connection that is lost while it commits leaves open whether the change holds, and the folder must be where the database says. */
class LostCommitIT {
    private static final RepositoryName OLD = new RepositoryName(new Login("mojombo"), "bert");
    private static final RepositoryName NEW = new RepositoryName(new Login("mojombo"), "ernie");

    private final Folders folders = new Folders();
    private final Heard heard = new Heard();
    private DatabaseLine line;
    private Database database;
    private MysqlRepositoryStore repositories;

    @BeforeEach
    void start() throws Exception {
        DatabaseSettings direct = RunningMariaDb.shared().newMigratedDatabase();
        int port = RunningMariaDb.shared().port();
        line = new DatabaseLine(port);
        database = new Database(new DatabaseSettings(
                // The line must be able to read along, and MySQL would speak TLS.
                direct.url().replace(":" + port + "/", ":" + line.port() + "/")
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
        var ledger = new AuditedTransaction(database, new Actor("root", "cli"), heard, Clock.systemUTC());
        repositories = new MysqlRepositoryStore(ledger, folders);
        repositories.create(OLD, Visibility.PRIVATE);
        heard.changes.clear();
    }

    @AfterEach
    void stop() throws Exception {
        assertThat(line.brokeAsTold()).isTrue();
        database.close();
        line.close();
    }

    @Test
    void renameThatHoldsIsDone() throws Exception {
        line.breakOnce(Break.AFTER_COMMIT);

        assertThat(repositories.rename(OLD, NEW).name()).isEqualTo(NEW);
        assertThat(folders.there).containsExactly(NEW);
        assertThat(heard.changes).isNotEmpty();
    }

    @Test
    void renameThatDoesNotHoldIsTakenBack() throws Exception {
        line.breakOnce(Break.BEFORE_COMMIT);

        assertThatThrownBy(() -> repositories.rename(OLD, NEW)).isInstanceOf(DependencyUnavailable.class);
        assertThat(folders.there).containsExactly(OLD);
        assertThat(repositories.show(OLD).name()).isEqualTo(OLD);
    }

    /** Gates are told after the change holds: the folder must stay where the database says, whatever goes wrong then. */
    @Test
    void renameThatHoldsIsNotTakenBackByWhatComesAfter() throws Exception {
        heard.fails = true;

        assertThatThrownBy(() -> repositories.rename(OLD, NEW)).isInstanceOf(IllegalStateException.class);
        assertThat(folders.there).containsExactly(NEW);
        assertThat(repositories.show(NEW).name()).isEqualTo(NEW);
    }

    /** A table that is not as this program knows it will not be so at the next try either. */
    @Test
    void mistakeIsNotToldAsAnOutageAndTheFolderStays() throws Exception {
        database.sql().execute("RENAME TABLE repository_redirects TO elsewhere");

        assertThatThrownBy(() -> repositories.rename(OLD, NEW)).isInstanceOf(DataAccessException.class);
        assertThat(folders.there).containsExactly(OLD);
        assertThat(repositories.list(Optional.empty()).getFirst().name()).isEqualTo(OLD);
        assertThatThrownBy(() -> repositories.redirects(OLD)).isInstanceOf(DataAccessException.class);
    }

    @Test
    void rowThatSomebodyElseHoldsIsAnOutageAndTheFolderStays() throws Exception {
        database.sql().transaction(other -> {
            other.dsl().execute("SELECT 1 FROM repositories FOR UPDATE");

            assertThatThrownBy(() -> repositories.rename(OLD, NEW)).isInstanceOf(DependencyUnavailable.class);
        });
        assertThat(folders.there).containsExactly(OLD);
    }

    @Test
    void deletionThatHoldsIsDone() throws Exception {
        line.breakOnce(Break.AFTER_COMMIT);

        repositories.delete(OLD);
        assertThat(folders.there).isEmpty();
        assertThat(repositories.list(Optional.empty())).isEmpty();
        assertThat(heard.changes).isNotEmpty();
    }

    @Test
    void deletionThatDoesNotHoldLeavesTheFolder() throws Exception {
        line.breakOnce(Break.BEFORE_COMMIT);

        assertThatThrownBy(() -> repositories.delete(OLD)).isInstanceOf(DependencyUnavailable.class);
        assertThat(folders.there).containsExactly(OLD);
        assertThat(repositories.show(OLD).name()).isEqualTo(OLD);
    }

    @Test
    void deletionWhoseFolderStaysSaysSo() throws Exception {
        folders.answers = false;

        assertThatThrownBy(() -> repositories.delete(OLD))
                .isInstanceOf(DependencyUnavailable.class)
                .hasMessageContaining("mojombo/bert is deleted, but its folder");
        assertThat(repositories.list(Optional.empty())).isEmpty();
    }

    private static final class Folders implements RepositoryFolders {
        private final Set<RepositoryName> there = new HashSet<>();
        private boolean answers = true;

        @Override
        public void create(RepositoryName repository) {
            there.add(repository);
        }

        @Override
        public boolean move(RepositoryName from, RepositoryName to) {
            return there.remove(from) && there.add(to);
        }

        @Override
        public void remove(RepositoryName repository) throws DependencyUnavailable {
            if (!answers) {
                throw new DependencyUnavailable("fs1a did not answer.");
            }
            there.remove(repository);
        }
    }

    private static final class Heard implements InvalidationBus {
        private final List<Invalidation> changes = new ArrayList<>();
        private boolean fails;

        @Override
        public boolean publish(Invalidation change) {
            if (fails) {
                throw new IllegalStateException("a bug");
            }
            return changes.add(change);
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
