package io.gerve.accesslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.gerve.accesslog.ChainVerifier.Issue;
import io.gerve.accesslog.ChainVerifier.Issue.Kind;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.Database;
import io.gerve.sql.DatabaseSettings;
import io.gerve.sql.testing.RunningMariaDb;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Attacks by an account that can write to the database and changes the access log. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChainVerifierIT {
    private final Instant now = Instant.now();

    private final DatabaseSettings settings = RunningMariaDb.shared().newMigratedDatabase();
    private final Database database = new Database(settings);
    private final MysqlAccessLogReader log = new MysqlAccessLogReader(database);

    @BeforeAll
    void connect() {
        assertThat(database.sql()).isNotNull();
    }

    @AfterAll
    void close() {
        database.close();
    }

    /** Writes ten records, one hour apart, the last with the current time. */
    @BeforeEach
    void write() throws Exception {
        sql("DELETE FROM access_log");
        sql("DELETE FROM access_log_chains");
        List<AccessLogRecord> records = IntStream.rangeClosed(1, 10)
                .mapToObj(i -> SampleRecords.recordAt(now.minus(Duration.ofHours(10 - i))))
                .toList();
        assertThat(new MysqlAccessLogStore(database, "gate1").add(records)).isEmpty();
    }

    @Test
    void untouchedChainHasNoIssues() throws Exception {
        assertThat(issues()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "account_id = 3",
                "account_id = NULL",
                "rule = 'owner'",
                "repository = 'mojombo/Bert'",
                "occurred_at = occurred_at + INTERVAL 1 MICROSECOND",
                "client_address = '192.0.2.8'",
                "refs = REPLACE(refs, 'updated', 'refused')",
                "refs = ''",
                "refs_omitted = 1",
                "exit_status = ''",
                "exec_line = CONCAT(exec_line, ' ')",
                "key_fingerprint = REVERSE(key_fingerprint)",
                "request_id = '0000000000000000'",
                "request_id = 'not one'",
                "record_hash = REVERSE(record_hash)"
            })
    void changedRecordIsFound(String change) throws Exception {
        sql("UPDATE access_log SET " + change + " WHERE position = 4");

        assertThat(issues()).isNotEmpty().first().satisfies(issue -> {
            assertThat(issue.kind()).isEqualTo(Kind.CHANGED);
            assertThat(issue.position()).isEqualTo(4);
        });
    }

    @Test
    void missingRecordsAreFoundAtAnyPosition() throws Exception {
        sql("DELETE FROM access_log WHERE position IN (1, 5, 6, 10)");

        assertThat(issues()).extracting(Issue::kind).containsOnly(Kind.MISSING);
        assertThat(issues()).extracting(Issue::position).containsExactly(1L, 5L, 10L);
    }

    @Test
    void closedGapIsFound() throws Exception {
        sql("DELETE FROM access_log WHERE position = 5");
        sql("UPDATE access_log SET position = position - 1 WHERE position > 5 ORDER BY position");
        sql("UPDATE access_log_chains SET head_position = 9");

        assertThat(issues()).extracting(Issue::kind).containsExactly(Kind.REORDERED);
    }

    /** The attack: to remove what one did last, with the rights of a gate, and to set the head back. */
    @Test
    void removedEndIsFoundByAHeadThatWasKeptElsewhere() throws Exception {
        ChainHead kept = heads().getFirst();
        sql("DELETE FROM access_log WHERE position > 7");
        sql("UPDATE access_log_chains SET head_position = 7,"
                + " head_hash = (SELECT record_hash FROM access_log WHERE position = 7)");

        assertThat(issues()).isEmpty();
        assertThat(new ChainVerifier(log).compare(kept))
                .get()
                .extracting(Issue::kind)
                .isEqualTo(Kind.MISSING);
        assertThat(new ChainVerifier(log).compare(heads().getFirst())).isEmpty();
    }

    /** The attack: to remove the whole log. */
    @Test
    void removedLogIsFoundByAHeadThatWasKeptElsewhere() throws Exception {
        ChainHead kept = heads().getFirst();
        sql("DELETE FROM access_log");
        sql("DELETE FROM access_log_chains");

        assertThat(issues()).isEmpty();
        assertThat(new ChainVerifier(log).compare(kept))
                .get()
                .extracting(Issue::kind)
                .isEqualTo(Kind.MISSING);
    }

    @Test
    void rewrittenChainIsFoundByAHeadThatWasKeptElsewhere() throws Exception {
        ChainHead kept = heads().getFirst();
        sql("DELETE FROM access_log");
        sql("DELETE FROM access_log_chains");
        write();
        new MysqlAccessLogStore(database, "gate1").add(List.of(SampleRecords.recordAt(now)));

        assertThat(new ChainVerifier(log).compare(kept))
                .get()
                .extracting(Issue::kind)
                .isEqualTo(Kind.CHANGED);
    }

    @Test
    void headOfLongAgoIsFoundInTheChainThatGrewSince() throws Exception {
        ChainHead kept = heads().getFirst();
        new MysqlAccessLogStore(database, "gate1").add(List.of(SampleRecords.recordAt(now)));

        assertThat(new ChainVerifier(log).compare(kept)).isEmpty();
        assertThat(ChainHead.parse(kept.text())).isEqualTo(kept);
    }

    @Test
    void reorderedRecordsAreFound() throws Exception {
        sql("UPDATE access_log SET position = 100 WHERE position = 3");
        sql("UPDATE access_log SET position = 3 WHERE position = 7");
        sql("UPDATE access_log SET position = 7 WHERE position = 100");

        assertThat(issues()).extracting(Issue::kind).containsOnly(Kind.REORDERED);
        assertThat(issues()).extracting(Issue::position).containsExactly(3L, 4L, 7L, 8L);
    }

    @Test
    void addedRecordsAreFound() throws Exception {
        copyFirstRecord("'gate1', 11, '0000000000000000'");
        copyFirstRecord("'gate2', 1, '0000000000000001'");

        assertThat(issues()).extracting(Issue::kind).containsExactly(Kind.ADDED, Kind.ADDED);
    }

    @Test
    void eachRecordBeforeTheBeginningIsFound() throws Exception {
        copyFirstRecord("'gate1', -9223372036854775808, '0000000000000000'");
        copyFirstRecord("'gate1', -1, '0000000000000001'");
        copyFirstRecord("'gate1', 0, '0000000000000002'");

        assertThat(issues()).extracting(Issue::kind).containsExactly(Kind.ADDED, Kind.ADDED, Kind.ADDED);
        assertThat(issues()).extracting(Issue::position).containsExactly(Long.MIN_VALUE, -1L, 0L);
    }

    /** The attack: a row beyond the head becomes the beginning of the chain, and the gate's next records precede it. */
    @Test
    void pruningStopsAtTheHead() throws Exception {
        copyFirstRecord("'gate1', 100, '0000000000000000'");

        assertThat(new MysqlAccessLogPruner(database)
                        .removeBefore(now.plus(Duration.ofDays(1)))
                        .removed())
                .isEqualTo(10);
        assertThat(new MysqlAccessLogStore(database, "gate1").add(List.of(SampleRecords.record())))
                .isEmpty();
        assertThat(issues()).extracting(Issue::position).containsExactly(100L);
    }

    /** The attack: a row with the id of a running request keeps the record of its end out of the log. */
    @Test
    void recordIsStoredBesideAForgedOneOfItsRequest() throws Exception {
        AccessLogRecord end = SampleRecords.record();
        AccessLogRecord forged = withEnd(end, "client");
        var store = new MysqlAccessLogStore(database, "gate1");
        assertThat(store.add(List.of(SampleRecords.beginOf(end)))).isEmpty();
        assertThat(new MysqlAccessLogStore(database, "ghost").add(List.of(forged)))
                .isEmpty();

        assertThat(store.add(List.of(end))).isEmpty();

        assertThatThrownBy(() -> log.find(end.id()))
                .isInstanceOf(LookupUnavailable.class)
                .hasMessageContaining("gerve audit log verify");
        assertThat(issues())
                .allSatisfy(
                        issue -> assertThat(issue.request()).isEqualTo(end.id().text()))
                .extracting(Issue::gate, Issue::kind)
                .containsExactly(tuple("gate1", Kind.ADDED), tuple("gate1", Kind.ADDED), tuple("ghost", Kind.ADDED));
    }

    /** The attack: a second end in the gate's own chain, with the gate's rights. */
    @Test
    void secondEndOfARequestIsFound() throws Exception {
        AccessLogRecord end = SampleRecords.record();
        var store = new MysqlAccessLogStore(database, "gate1");
        assertThat(store.add(List.of(SampleRecords.beginOf(end), end))).isEmpty();
        assertThat(issues()).isEmpty();

        assertThat(store.add(List.of(withEnd(end, "server")))).isEmpty();
        assertThat(issues()).extracting(Issue::position).containsExactly(11L, 12L, 13L);
    }

    /** The attack: an end record that hides who reads what, as long as the request runs, with the gate's rights. */
    @Test
    void endRecordWithOtherFactsHidesNothingAndIsFound() throws Exception {
        AccessLogRecord end = SampleRecords.record();
        var store = new MysqlAccessLogStore(database, "gate1");
        assertThat(store.add(List.of(SampleRecords.beginOf(end)))).isEmpty();
        AccessLogRecord forged =
                withRequest(end, new AccessLogRecord.RequestFields("git-upload-pack", "harmless/repository", ""));
        assertThat(store.add(List.of(forged))).isEmpty();

        assertThat(issues()).extracting(Issue::position).containsExactly(11L, 12L);
        assertThatThrownBy(() -> log.find(end.id()))
                .hasMessageContaining("a row that no gate writes (gerve audit log verify)");
    }

    /** The attack: an end record that keeps the begin record of a request out, with the gate's rights. */
    @Test
    void beginRecordThatArrivesAfterAForgedEndRecordIsStored() throws Exception {
        AccessLogRecord end = SampleRecords.record();
        var store = new MysqlAccessLogStore(database, "gate1");
        assertThat(store.add(List.of(withRequest(
                        end, new AccessLogRecord.RequestFields("git-upload-pack", "harmless/repository", "")))))
                .isEmpty();

        assertThat(store.add(List.of(SampleRecords.beginOf(end)))).isEmpty();

        assertThat(issues()).extracting(Issue::position).containsExactly(11L, 12L);
    }

    /** The attack: a record of the year 9999 at which each later pruning ends, with the gate's rights. */
    @Test
    void recordOfTheFutureIsFoundAndDoesNotEndThePruning() throws Exception {
        var store = new MysqlAccessLogStore(database, "gate1");
        assertThat(store.add(List.of(
                        SampleRecords.recordAt(Instant.parse("9999-12-31T00:00:00Z")), SampleRecords.recordAt(now))))
                .isEmpty();
        assertThat(issues()).extracting(Issue::position).containsExactly(11L);

        assertThat(new MysqlAccessLogPruner(database).removeBefore(now.plusSeconds(1)))
                .isEqualTo(new MysqlAccessLogPruner.Pruned(12, List.of()));
    }

    /** Their true age is unknown, unless an older record stands behind them. */
    @Test
    void chainThatBeginsWithManyRecordsOfTheFutureIsNotPruned() throws Exception {
        sql("DELETE FROM access_log");
        sql("DELETE FROM access_log_chains");
        var store = new MysqlAccessLogStore(database, "gate1");
        Instant future = Instant.parse("9999-12-31T00:00:00Z");
        assertThat(store.add(Stream.generate(() -> SampleRecords.recordAt(future))
                        .limit(1000)
                        .toList()))
                .isEmpty();
        assertThat(store.add(List.of(SampleRecords.recordAt(now)))).isEmpty();

        assertThat(new MysqlAccessLogPruner(database).removeBefore(now.plusSeconds(1)))
                .isEqualTo(new MysqlAccessLogPruner.Pruned(0, List.of("gate1")));
    }

    /** The attack: to remove the newest record of a gate that then is idle, before its head leaves the database. */
    @Test
    void newestHeadIsLoggedThoughNoFurtherRecordComes() throws Exception {
        var store = new MysqlAccessLogStore(database, "gate1", Duration.ofSeconds(1));
        try (var lines = new LogLines(MysqlAccessLogStore.class)) {
            store.add(List.of(SampleRecords.record()));
            store.add(List.of(SampleRecords.record()));

            await().untilAsserted(() -> {
                store.rest();
                assertThat(lines.all())
                        .last()
                        .asString()
                        .contains(heads().getFirst().text());
            });
            int count = lines.all().size();
            store.rest();
            assertThat(lines.all()).hasSize(count);
        }
    }

    /** The attack: with the head at the last position, the next one would be negative. */
    @Test
    void headAtTheLastPositionKeepsRecordsWaiting() throws Exception {
        sql("UPDATE access_log_chains SET head_position = " + Long.MAX_VALUE);
        assertThatThrownBy(() -> new MysqlAccessLogStore(database, "gate1").add(SampleRecords.records(2)))
                .isInstanceOf(LookupUnavailable.class);
        assertThat(issues()).extracting(Issue::kind).contains(Kind.MISSING);
    }

    /** Both have the same kind of end, for which the database has room once. The writer logs a rejected record in full. */
    @Test
    void recordWhosePlaceAForgedOneTookIsRejectedAndNotSkipped() throws Exception {
        AccessLogRecord end = SampleRecords.record();
        assertThat(new MysqlAccessLogStore(database, "ghost").add(List.of(end))).isEmpty();

        assertThat(new MysqlAccessLogStore(database, "gate1").add(List.of(end))).containsExactly(end);
    }

    /** The attack: each record that a gate stores at the position of such a row would be rejected. */
    @Test
    void rowBeyondTheHeadKeepsRecordsWaitingUntilItIsRemoved() throws Exception {
        copyFirstRecord("'gate1', 11, '0000000000000000'");
        var store = new MysqlAccessLogStore(database, "gate1");
        List<AccessLogRecord> records = SampleRecords.records(2);
        try (var lines = new LogLines(MysqlAccessLogStore.class)) {
            assertThatThrownBy(() -> store.add(records)).isInstanceOf(LookupUnavailable.class);
            assertThatThrownBy(() -> store.add(records)).isInstanceOf(LookupUnavailable.class);
            assertThat(lines.all()).singleElement().asString().contains("gerve audit log verify");
        }
        sql("DELETE FROM access_log WHERE position = 11");

        assertThat(store.add(records)).isEmpty();
        assertThat(issues()).isEmpty();
    }

    @Test
    void recordMovedToAnotherGateIsFound() throws Exception {
        assertThat(new MysqlAccessLogStore(database, "gate2").add(List.of(SampleRecords.record())))
                .isEmpty();
        sql("DELETE FROM access_log WHERE gate = 'gate2'");
        sql("UPDATE access_log SET gate = 'gate2' WHERE position = 1");

        assertThat(issues()).extracting(Issue::kind).contains(Kind.MISSING, Kind.CHANGED);
    }

    @Test
    void remainingRecordsVerifyAfterPruning() throws Exception {
        assertThat(new MysqlAccessLogPruner(database)
                        .removeBefore(now.minus(Duration.ofMinutes(210)))
                        .removed())
                .isEqualTo(6);

        assertThat(issues()).isEmpty();
        assertThat(log.between("gate1", 0, Long.MAX_VALUE, 100).records())
                .extracting(ChainedRecord::position)
                .containsExactly(7L, 8L, 9L, 10L);
        assertThat(new MysqlAccessLogStore(database, "gate1").add(List.of(SampleRecords.record())))
                .isEmpty();
        assertThat(issues()).isEmpty();

        sql("DELETE FROM access_log WHERE position = 7");
        assertThat(issues()).extracting(Issue::kind).containsExactly(Kind.MISSING);
    }

    @Test
    void fullyPrunedChainContinues() throws Exception {
        assertThat(new MysqlAccessLogPruner(database)
                        .removeBefore(now.plus(Duration.ofDays(1)))
                        .removed())
                .isEqualTo(10);
        assertThat(issues()).isEmpty();
        assertThat(new MysqlAccessLogStore(database, "gate1").add(List.of(SampleRecords.record())))
                .isEmpty();
        assertThat(issues()).isEmpty();
    }

    /** The record of the head goes between the query for the ends of the chain and the query for the record. */
    @Test
    void headThatIsPrunedMeanwhileIsTheBeginningOfTheChain() throws Exception {
        ChainHead kept = heads().getFirst();
        try (var patient = new Database(new DatabaseSettings(
                        settings.url(), settings.user(), settings.password(), 2, Duration.ofMinutes(1)));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Optional<Issue>> compared = database.sql().connectionResult(connection -> {
                try (var pruner = connection.createStatement()) {
                    pruner.execute("LOCK TABLES access_log WRITE");
                    try {
                        var waiting = threads.submit(
                                () -> new ChainVerifier(new MysqlAccessLogReader(patient)).compare(kept));
                        await().atMost(Duration.ofMinutes(1)).until(this::isAQueryWaiting);
                        pruner.execute("DELETE FROM access_log");
                        sql("UPDATE access_log_chains SET anchor_position = head_position, anchor_hash = head_hash");
                        return waiting;
                    } finally {
                        pruner.execute("UNLOCK TABLES");
                    }
                }
            });
            assertThat(compared.get()).isEmpty();
        }
    }

    private boolean isAQueryWaiting() {
        return database.sql()
                .fetchExists(DSL.selectOne()
                        .from("information_schema.processlist")
                        .where("db = DATABASE() AND state LIKE '%metadata lock%'"));
    }

    private List<ChainHead> heads() throws Exception {
        return new ChainVerifier(log).heads();
    }

    private List<Issue> issues() throws Exception {
        return new ChainVerifier(log)
                .verifyAll().stream().flatMap(chain -> chain.issues().stream()).toList();
    }

    private void copyFirstRecord(String gatePositionAndRequest) {
        String columns =
                "previous_hash, record_hash, occurred_at, frontend, client_address, key_fingerprint, key_id, account_id,"
                        + " principal, command, repository, repository_id, exec_line, decision, rule, message, server, host, bytes_in,"
                        + " bytes_out, duration_ms, exit_status, ended_by, refs_source, refs, refs_omitted";
        sql("INSERT INTO access_log (gate, position, request_id, " + columns + ") SELECT " + gatePositionAndRequest
                + ", " + columns + " FROM access_log WHERE gate = 'gate1' AND position = 1");
    }

    private void sql(String statement) {
        database.sql().execute(statement);
    }

    private static AccessLogRecord withRequest(AccessLogRecord end, AccessLogRecord.RequestFields request) {
        return new AccessLogRecord(
                end.id(), end.at(), end.client(), request, end.decision(), end.outcome(), end.refs());
    }

    private static AccessLogRecord withEnd(AccessLogRecord end, String endedBy) {
        return new AccessLogRecord(
                end.id(),
                end.at(),
                end.client(),
                end.request(),
                end.decision(),
                new AccessLogRecord.OutcomeFields(0, 0, 0, "", endedBy),
                end.refs());
    }
}
