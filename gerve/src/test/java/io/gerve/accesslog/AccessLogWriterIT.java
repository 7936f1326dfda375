package io.gerve.accesslog;

import static io.gerve.sql.schema.Tables.ACCESS_LOG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.config.AuditSettings;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.Database;
import io.gerve.sql.DatabaseSettings;
import io.gerve.sql.testing.RunningMariaDb;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jooq.exception.DataAccessException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessLogWriterIT {
    private static final Duration CLOSE_MAX = Duration.ofSeconds(15);

    @TempDir
    private Path folder;

    @Test
    void recordsAreStoredAsWritten() throws Exception {
        List<AccessLogRecord> records = SampleRecords.records(450);
        try (var database = new Database(RunningMariaDb.shared().newMigratedDatabase())) {
            try (var log = AccessLogWriter.open(settings(10_000), database)) {
                records.forEach(log::write);
            }
            var found = new MysqlAccessLogReader(database)
                    .between("gate1", 0, Long.MAX_VALUE, 1000)
                    .records();

            assertThat(found).extracting(ChainedRecord::record).isEqualTo(records);
            assertThat(new ChainVerifier(new MysqlAccessLogReader(database)).verifyAll())
                    .singleElement()
                    .satisfies(chain -> assertThat(chain.issues()).isEmpty());
        }
        assertThat(spooled()).isEmpty();
    }

    @Test
    void recordsWaitDuringDatabaseOutageAndAreThenStoredOnceAndInOrder() throws Exception {
        List<AccessLogRecord> records = SampleRecords.records(300);
        try (var server = RunningMariaDb.start(folder.resolve("mariadb"))) {
            DatabaseSettings settings = server.newMigratedDatabase();
            try (var database = new Database(settings)) {
                try (var log = AccessLogWriter.open(settings(10_000), database)) {
                    records.subList(0, 100).forEach(log::write);
                    await().until(() -> count(database) == 100);
                    server.kill();
                    records.subList(100, 200).forEach(log::write);
                    await().until(() -> !spooled().isEmpty());
                }
                assertThat(spooled()).isNotEmpty();
                // The next process, before the database is back.
                try (var log = AccessLogWriter.open(settings(10_000), database)) {
                    records.subList(200, 300).forEach(log::write);
                    server.restart();
                    // The pool may take some seconds to notice that the database is back.
                    await().atMost(Duration.ofSeconds(60))
                            .ignoreExceptionsInstanceOf(DataAccessException.class)
                            .until(() -> count(database) == 300);
                    await().until(() -> spooled().isEmpty());
                }
                assertThat(new MysqlAccessLogReader(database)
                                .between("gate1", 0, Long.MAX_VALUE, 1000)
                                .records())
                        .extracting(ChainedRecord::record)
                        .isEqualTo(records);
            }
        }
    }

    /** The server stored the records, but its answer was lost, so they are sent again. */
    @Test
    void recordsWithLostCommitAnswerAreStoredOnce() throws Exception {
        List<AccessLogRecord> records = SampleRecords.records(20);
        try (var database = new Database(RunningMariaDb.shared().newMigratedDatabase())) {
            var mysql = new MysqlAccessLogStore(database, "gate1");
            var answers = new Semaphore(0);
            AccessLogStore forgetful = batch -> {
                List<AccessLogRecord> refused = mysql.add(batch);
                if (!answers.tryAcquire()) {
                    throw new LookupUnavailable("the answer was lost");
                }
                return refused;
            };
            try (var log = AccessLogWriter.open(settings(10_000), forgetful, CLOSE_MAX)) {
                records.forEach(log::write);
                await().until(() -> !spooled().isEmpty());
                answers.release(100);
                await().until(() -> spooled().isEmpty());
            }
            assertThat(new MysqlAccessLogReader(database)
                            .between("gate1", 0, Long.MAX_VALUE, 1000)
                            .records())
                    .extracting(ChainedRecord::record)
                    .isEqualTo(records);
        }
    }

    @Test
    void spoolAndRecordsThatAreNotStoredAreMeasured() throws Exception {
        var isDatabaseUp = new AtomicBoolean();
        AccessLogStore rejecting = batch -> {
            if (!isDatabaseUp.get()) {
                throw new LookupUnavailable("the database is away");
            }
            return batch;
        };
        var registry = new SimpleMeterRegistry();
        try (var log = AccessLogWriter.open(settings(10_000), rejecting, CLOSE_MAX)) {
            log.bindTo(registry);
            TimeGauge age = registry.get("gerve.access.log.spool.age").timeGauge();
            SampleRecords.records(3).forEach(log::write);
            await().until(() -> age.value(TimeUnit.SECONDS) > 2);
            assertThat(registry.get("gerve.access.log.spool.bytes").gauge().value())
                    .isPositive();
            isDatabaseUp.set(true);
            await().until(() -> age.value(TimeUnit.SECONDS) < 2);
        }
        assertThat(registry.get("gerve.access.log.not.stored").functionCounter().count())
                .isEqualTo(3);
    }

    @Test
    void concurrentWritersOfOneGateDoNotForkItsChain() throws Exception {
        List<AccessLogRecord> records = SampleRecords.records(600);
        try (var database = new Database(RunningMariaDb.shared().newMigratedDatabase())) {
            var threads = new ArrayList<Thread>();
            for (int i = 0; i < 3; i++) {
                List<AccessLogRecord> share = records.subList(200 * i, 200 * i + 200);
                var program = new MysqlAccessLogStore(database, "gate1");
                threads.add(Thread.ofVirtual().start(() -> addInBatches(program, share)));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(new ChainVerifier(new MysqlAccessLogReader(database)).verifyAll())
                    .singleElement()
                    .satisfies(chain -> {
                        assertThat(chain.last()).isEqualTo(600);
                        assertThat(chain.issues()).isEmpty();
                    });
        }
    }

    private static void addInBatches(AccessLogStore records, List<AccessLogRecord> share) {
        for (int from = 0; from < share.size(); from += 10) {
            try {
                assertThat(records.add(share.subList(from, from + 10))).isEmpty();
            } catch (LookupUnavailable e) {
                throw new AssertionError(e);
            }
        }
    }

    /** The spool is full and the database is slow. */
    @Test
    void fullQueueBlocksCallersAndLosesNothing() throws Exception {
        List<AccessLogRecord> records = SampleRecords.records(4000);
        List<AccessLogRecord> kept = Collections.synchronizedList(new ArrayList<>());
        var go = new CountDownLatch(1);
        AccessLogStore slow = batch -> {
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new LookupUnavailable("interrupted", e);
            }
            kept.addAll(batch);
            return List.of();
        };
        try (var log = AccessLogWriter.open(settings(5), slow, CLOSE_MAX)) {
            var caller = Thread.ofVirtual().start(() -> records.forEach(log::write));
            await().until(() -> spooledBytes() > (1 << 20) - 2000);
            assertThat(caller.join(Duration.ofMillis(500))).isFalse();
            go.countDown();
            caller.join();
        }
        assertThat(kept).isEqualTo(records);
    }

    /** The situation after a long outage. The writer must not wait until the whole spool is sent. */
    @Test
    void recordsEnterFullSpoolAsSoonAsThereIsRoom() throws Exception {
        List<AccessLogRecord> earlier = fillSpool();
        List<Path> left = spooled();
        List<AccessLogRecord> records = SampleRecords.records(50);
        List<AccessLogRecord> kept = Collections.synchronizedList(new ArrayList<>());
        var batches = new Semaphore(0);
        AccessLogStore slow = batch -> {
            batches.acquireUninterruptibly();
            kept.addAll(batch);
            return List.of();
        };
        try (var log = AccessLogWriter.open(settings(5), slow, CLOSE_MAX)) {
            await().until(batches::hasQueuedThreads);
            var caller = Thread.ofVirtual().start(() -> records.forEach(log::write));
            assertThat(caller.join(Duration.ofMillis(500))).isFalse();
            // Each batch is one file; the spool was slightly over its limit.
            batches.release(2);
            await().until(() -> !left.containsAll(spooled()));
            assertThat(kept).hasSizeLessThan(earlier.size());
            batches.release(1000);
            caller.join();
        }
        earlier.addAll(records);
        assertThat(kept).containsExactlyInAnyOrderElementsOf(earlier);
    }

    /**
     * Fills the spool with files of 200 records.
     *
     * @return the records
     */
    private List<AccessLogRecord> fillSpool() throws IOException {
        List<AccessLogRecord> all = new ArrayList<>();
        while (!Files.exists(folder.resolve("spool")) || spooledBytes() < 1 << 20) {
            List<AccessLogRecord> some = SampleRecords.records(200);
            try (Spool spool = Spool.open(folder.resolve("spool"), 1 << 30, InstantSource.system())) {
                spool.append(some);
            }
            all.addAll(some);
        }
        return all;
    }

    /** The spool is full and the database hangs. */
    @Test
    void unwrittenRecordsGoToProgramLogOnClose() throws Exception {
        fillSpool();
        List<AccessLogRecord> records = SampleRecords.records(7);
        var go = new CountDownLatch(1);
        AccessLogStore hanging = _ -> {
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new LookupUnavailable("interrupted", e);
            }
            return List.of();
        };
        try (var lines = new LogLines(AccessLogWriter.class)) {
            var log = AccessLogWriter.open(settings(5), hanging, Duration.ofMillis(100));
            records.subList(0, 6).forEach(log::write);
            log.close();
            log.write(records.get(6));

            for (AccessLogRecord record : records) {
                assertThat(lines.about(record)).hasSize(1);
            }
            go.countDown();
            await().until(() -> {
                try (Stream<Path> files = Files.list(folder.resolve("spool"))) {
                    return files.findAny().isEmpty();
                }
            });
        }
    }

    @Test
    void recordAfterCloseGoesToProgramLog() throws Exception {
        AccessLogRecord late = SampleRecords.record();
        try (var lines = new LogLines(AccessLogWriter.class)) {
            var log = AccessLogWriter.open(settings(5), _ -> List.of(), CLOSE_MAX);
            log.close();
            log.write(late);

            assertThat(lines.about(late)).hasSize(1);
        }
    }

    /** No caller creates such a record, but one must not stop the writer. */
    @Test
    @SuppressWarnings("NullAway")
    void unencodableRecordDoesNotStopTheWriter() throws Exception {
        AccessLogRecord good = SampleRecords.record();
        AccessLogRecord bad = new AccessLogRecord(
                SampleRecords.record().id(),
                good.at(),
                good.client(),
                new AccessLogRecord.RequestFields("", "", null),
                good.decision(),
                good.outcome(),
                good.refs());
        List<AccessLogRecord> kept = Collections.synchronizedList(new ArrayList<>());
        AccessLogStore willing = batch -> {
            kept.addAll(batch);
            return List.of();
        };
        try (var lines = new LogLines(AccessLogWriter.class);
                var log = AccessLogWriter.open(settings(10), willing, CLOSE_MAX)) {
            log.write(bad);
            await().until(() ->
                    lines.all().stream().anyMatch(line -> line.contains("lost because of an internal error")));
            log.write(good);
            await().until(() -> kept.contains(good));
        }
    }

    @Test
    void brokenSpoolDoesNotStopRecords() throws Exception {
        List<AccessLogRecord> records = SampleRecords.records(3);
        try (var database = new Database(RunningMariaDb.shared().newMigratedDatabase());
                var log = AccessLogWriter.open(settings(10), database)) {
            Files.delete(folder.resolve("spool"));
            records.forEach(log::write);
            await().until(() -> count(database) == 3);
        }
    }

    /** No gate writes such a record, but one must not be taken for an outage and retried for ever. */
    @ParameterizedTest
    @ValueSource(strings = {"a verb that is longer than the column", "kein-ASCII-für-MySQL"})
    void recordRejectedByDatabaseDoesNotBlockOthers(String verb) throws Exception {
        AccessLogRecord good = SampleRecords.record();
        AccessLogRecord bad = new AccessLogRecord(
                SampleRecords.record().id(),
                good.at(),
                good.client(),
                new AccessLogRecord.RequestFields(verb, "", ""),
                new AccessLogRecord.DecisionFields(RequestDecision.ALLOWED, "owner", 1, "fs1", "fs1a", ""),
                good.outcome(),
                good.refs());
        try (var database = new Database(RunningMariaDb.shared().newMigratedDatabase())) {
            assertThat(new MysqlAccessLogStore(database, "gate1").add(List.of(bad, good)))
                    .containsExactly(bad);
            assertThat(count(database)).isEqualTo(1);
        }
    }

    private AuditSettings settings(int queueMax) {
        return new AuditSettings(
                "gate1",
                folder.resolve("spool"),
                1,
                queueMax,
                Duration.ofSeconds(30),
                Duration.ofDays(400),
                new AuditSettings.RefusedLogins(60, 10),
                30,
                true);
    }

    /** Returns the spool files that have records. */
    private List<Path> spooled() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("spool"))) {
            return files.filter(file -> file.toFile().length() > 0).toList();
        }
    }

    private long spooledBytes() throws IOException {
        return spooled().stream().mapToLong(file -> file.toFile().length()).sum();
    }

    private static int count(Database database) {
        return database.sql().fetchCount(ACCESS_LOG);
    }
}
