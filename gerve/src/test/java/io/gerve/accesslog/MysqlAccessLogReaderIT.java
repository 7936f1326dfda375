package io.gerve.accesslog;

import static io.gerve.sql.schema.Tables.ACCESS_LOG;
import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.accesslog.MysqlAccessLogReader.Cursor;
import io.gerve.accesslog.MysqlAccessLogReader.Order;
import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.KeyValidity;
import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.directory.Principal;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.Md5Suffix;
import io.gerve.push.PushedRefs;
import io.gerve.sql.Database;
import io.gerve.sql.DatabaseSettings;
import io.gerve.sql.testing.RunningMariaDb;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jooq.ExecuteContext;
import org.jooq.ExecuteListener;
import org.jooq.impl.DSL;
import org.jooq.impl.DefaultConfiguration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MysqlAccessLogReaderIT {
    private static final int RECORDS = 2000;
    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    private final Database database = new Database(RunningMariaDb.shared().newMigratedDatabase());
    private final MysqlAccessLogReader log = new MysqlAccessLogReader(database);

    /**
     * Writes one record for each second, with a hundred accounts, keys, addresses and repositories in turn. Every third
     * is refused.
     */
    @BeforeAll
    void write() throws Exception {
        var records = new ArrayList<AccessLogRecord>();
        for (int i = 0; i < RECORDS; i++) {
            AccessLogRecord sample = SampleRecords.recordAt(START.plusSeconds(i));
            int account = i % 100;
            records.add(new AccessLogRecord(
                    sample.id(),
                    sample.at(),
                    new AccessLogRecord.ClientFields(
                            "ssh", "192.0.2." + account, key(account).text(), account, account, "account" + account),
                    new AccessLogRecord.RequestFields(
                            i % 2 == 0 ? "git-upload-pack" : "git-receive-pack", "owner/r" + account, "a command"),
                    new AccessLogRecord.DecisionFields(
                            i % 3 == 0 ? RequestDecision.DENIED : RequestDecision.ALLOWED, "owner", 0, "", "", ""),
                    sample.outcome(),
                    PushedRefs.NONE));
        }
        var chain = new MysqlAccessLogStore(database, "gate1");
        for (int i = 0; i < RECORDS; i += 200) {
            assertThat(chain.add(records.subList(i, i + 200))).isEmpty();
        }
        database.sql().execute("ANALYZE TABLE access_log");
    }

    @AfterAll
    void close() {
        database.close();
    }

    private static Fingerprint key(int number) {
        return Fingerprint.ofBlob(new byte[] {(byte) number});
    }

    @Test
    void eachFilterFindsMatchingRecords() throws Exception {
        assertThat(all(new AccessLogFilter.OfAccount(7)))
                .hasSize(20)
                .allMatch(r -> r.client().accountId() == 7);
        assertThat(all(new AccessLogFilter.OfKey(key(8))))
                .hasSize(20)
                .allMatch(r -> r.client().keyId() == 8);
        assertThat(all(new AccessLogFilter.OfRepository(List.of("Owner/R9"))))
                .hasSize(20)
                .allMatch(r -> r.request().repository().equals("owner/r9"));
        assertThat(all(new AccessLogFilter.OfRepository(List.of("owner/r9", "owner/r10"))))
                .hasSize(40);
        assertThat(all(new AccessLogFilter.FromAddress("192.0.2.3"))).hasSize(20);
        assertThat(all(new AccessLogFilter.Refused())).hasSize(667);
        assertThat(all(
                        new AccessLogFilter.Verb("git-receive-pack"),
                        new AccessLogFilter.Since(START.plusSeconds(1990))))
                .hasSize(5);
        assertThat(all(
                        new AccessLogFilter.Since(START.plusSeconds(5)),
                        new AccessLogFilter.Before(START.plusSeconds(8))))
                .hasSize(3);
    }

    @Test
    void pagesCoverAllRecordsInEitherOrder() throws Exception {
        for (Order order : Order.values()) {
            var found = new ArrayList<Instant>();
            var page = log.page(List.of(), order, Cursor.start(order), 300);
            while (!page.isEmpty()) {
                page.records().forEach(record -> found.add(record.record().at()));
                page = log.page(List.of(), order, page.end(), 300);
            }
            assertThat(found).hasSize(RECORDS).doesNotHaveDuplicates();
            List<Instant> sorted = found.stream().sorted().toList();
            assertThat(order == Order.OLDEST_FIRST ? found : found.reversed()).isEqualTo(sorted);
        }
    }

    @Test
    void unreadableRowIsCountedAndOthersAreReturned() throws Exception {
        database.sql().execute("UPDATE access_log SET refs = 'nonsense' WHERE position = 50");
        try {
            var page = log.page(List.of(), Order.OLDEST_FIRST, Cursor.start(Order.OLDEST_FIRST), 100);
            assertThat(page.records()).hasSize(99);
            assertThat(page.unreadable()).isEqualTo(1);
        } finally {
            database.sql().execute("UPDATE access_log SET refs = '' WHERE position = 50");
        }
    }

    /** The attack: a user asks for the request of another user, whose request id is known. */
    @Test
    void requestsOfOthersAreNotFound() throws Exception {
        ChainedRecord tenth =
                log.between("gate1", 10, Long.MAX_VALUE, 1).records().getFirst();

        assertThat(log.findOwn(tenth.record().id(), keyOf(10))).contains(tenth);
        assertThat(log.findOwn(tenth.record().id(), keyOf(11))).isEmpty();
        var deployKey = new RegisteredKey(
                1,
                key(10),
                new Md5Suffix(10, (short) 0),
                "",
                new KeyValidity.ValidUntil(Instant.MAX),
                new Principal.OfDeployKey("a/b"));
        assertThat(log.findOwn(tenth.record().id(), deployKey)).isEmpty();
        assertThat(log.find(tenth.record().id())).contains(tenth);
    }

    private static RegisteredKey keyOf(int account) {
        return new RegisteredKey(
                account,
                key(99),
                new Md5Suffix(99, (short) 0),
                "another key of the account",
                new KeyValidity.ValidUntil(Instant.MAX),
                new Principal.OfAccount(
                        new Account(account, new Login("a"), Account.Kind.USER, Account.Status.ACTIVE, "")));
    }

    @Test
    void tailReturnsEachRecordOnce() throws Exception {
        var tail = new AccessLogTail(log);
        assertThat(tail.nextBatch().records()).isEmpty();
        List<AccessLogRecord> records = SampleRecords.records(3);
        assertThat(new MysqlAccessLogStore(database, "gate2").add(records)).isEmpty();

        assertThat(tail.nextBatch().records())
                .extracting(ChainedRecord::record)
                .containsExactlyInAnyOrderElementsOf(records);
        assertThat(tail.nextBatch().records()).isEmpty();
        database.sql().deleteFrom(ACCESS_LOG).where(ACCESS_LOG.GATE.eq("gate2")).execute();
    }

    /** The attack: a full page of unreadable rows hides later records from a reader that follows the log. */
    @Test
    void tailContinuesAfterUnreadablePage() throws Exception {
        var tail = new AccessLogTail(log);
        assertThat(new MysqlAccessLogStore(database, "gate3").add(SampleRecords.records(501)))
                .isEmpty();
        database.sql().execute("UPDATE access_log SET refs = 'nonsense' WHERE gate = 'gate3' AND position <= 500");
        try {
            assertThat(tail.nextBatch()).isEqualTo(new AccessLogTail.Batch(List.of(), 500, List.of()));
            assertThat(tail.nextBatch().records())
                    .extracting(ChainedRecord::position)
                    .containsExactly(501L);
            assertThat(tail.nextBatch()).isEqualTo(new AccessLogTail.Batch(List.of(), 0, List.of()));
        } finally {
            database.sql()
                    .deleteFrom(ACCESS_LOG)
                    .where(ACCESS_LOG.GATE.eq("gate3"))
                    .execute();
        }
    }

    /** The attack: the head is set back, so that a reader that follows the log sees nothing until it is passed again. */
    @Test
    void tailReportsAHeadThatWasSetBackAndContinuesFromIt() throws Exception {
        assertThat(new MysqlAccessLogStore(database, "gate5").add(SampleRecords.records(3)))
                .isEmpty();
        var tail = new AccessLogTail(log);
        database.sql().execute("DELETE FROM access_log WHERE gate = 'gate5'");
        database.sql().execute("UPDATE access_log_chains SET head_position = 0 WHERE gate = 'gate5'");
        try {
            assertThat(tail.nextBatch()).isEqualTo(new AccessLogTail.Batch(List.of(), 0, List.of("gate5")));
            assertThat(new MysqlAccessLogStore(database, "gate5").add(SampleRecords.records(1)))
                    .isEmpty();
            assertThat(tail.nextBatch().records())
                    .extracting(ChainedRecord::position)
                    .containsExactly(1L);
        } finally {
            database.sql()
                    .deleteFrom(ACCESS_LOG)
                    .where(ACCESS_LOG.GATE.eq("gate5"))
                    .execute();
        }
    }

    /** The attack: one row with a very high position makes a reader that follows the log skip all later records. */
    @Test
    void tailIgnoresRowsBeyondTheHead() throws Exception {
        var records = new MysqlAccessLogStore(database, "gate4");
        var tail = new AccessLogTail(log);
        assertThat(records.add(SampleRecords.records(3))).isEmpty();
        database.sql()
                .execute("UPDATE access_log SET position = 9000000000000000000 WHERE gate = 'gate4' AND position = 3");
        try {
            assertThat(tail.nextBatch().records())
                    .extracting(ChainedRecord::position)
                    .containsExactly(1L, 2L);
            assertThat(records.add(SampleRecords.records(1))).isEmpty();
            assertThat(tail.nextBatch().records())
                    .extracting(ChainedRecord::position)
                    .containsExactly(4L);
        } finally {
            database.sql()
                    .deleteFrom(ACCESS_LOG)
                    .where(ACCESS_LOG.GATE.eq("gate4"))
                    .execute();
        }
    }

    /** The cost of a page does not grow with the log. */
    @Test
    void everyPageIsReadAlongAnIndex() throws Exception {
        Set<String> queries = new ConcurrentSkipListSet<>();
        try (var other = new Database(settings())) {
            ((DefaultConfiguration) other.sql().configuration()).setExecuteListener(new Recorder(queries));
            var recorded = new MysqlAccessLogReader(other);
            List<List<AccessLogFilter>> filters = List.of(
                    List.of(),
                    List.of(new AccessLogFilter.OfAccount(7)),
                    List.of(new AccessLogFilter.OfKey(key(8))),
                    List.of(new AccessLogFilter.OfRepository(List.of("owner/r9"))),
                    List.of(new AccessLogFilter.FromAddress("192.0.2.3")));
            for (List<AccessLogFilter> filter : filters) {
                for (Order order : Order.values()) {
                    var cursor = new Cursor(START.plusSeconds(1000), 500);
                    assertThat(recorded.page(filter, order, cursor, 10).isEmpty())
                            .isFalse();
                }
            }
            assertThat(recorded.links("gate1", 100, 10)).hasSize(10);
            assertThat(recorded.find(log.between("gate1", 1, Long.MAX_VALUE, 1)
                            .records()
                            .getFirst()
                            .record()
                            .id()))
                    .isPresent();
        }
        assertThat(queries).hasSizeGreaterThanOrEqualTo(12);
        for (String query : queries) {
            var plan = database.sql().fetch("explain format=traditional " + DSL.raw(query));
            assertThat(plan.getValues("type", String.class))
                    .as(query)
                    .allSatisfy(type -> assertThat(type).isIn("range", "ref", "const", "eq_ref"));
            assertThat(plan.getValues("Extra", String.class))
                    .as(query)
                    .allSatisfy(extra -> assertThat(String.valueOf(extra)).doesNotContain("filesort", "temporary"));
        }
    }

    private DatabaseSettings settings() {
        String name = String.valueOf(database.sql().fetchValue("SELECT DATABASE()"));
        return RunningMariaDb.shared().settings(name);
    }

    private List<AccessLogRecord> all(AccessLogFilter... filters) throws Exception {
        List<AccessLogRecord> found = new ArrayList<>();
        var page = log.page(List.of(filters), Order.NEWEST_FIRST, Cursor.start(Order.NEWEST_FIRST), 150);
        while (!page.isEmpty()) {
            page.records().forEach(record -> found.add(record.record()));
            page = log.page(List.of(filters), Order.NEWEST_FIRST, page.end(), 150);
        }
        for (AccessLogRecord record : found) {
            for (AccessLogFilter filter : filters) {
                assertThat(filter.holdsFor(record)).isTrue();
            }
        }
        return found;
    }

    /** Records each statement with its values inlined. */
    private static final class Recorder implements ExecuteListener {
        private static final long serialVersionUID = 1;

        private final transient Set<String> queries;

        Recorder(Set<String> queries) {
            this.queries = queries;
        }

        @Override
        public void renderEnd(ExecuteContext context) {
            if (context.query() != null) {
                queries.add(context.dsl().renderInlined(context.query()));
            }
        }
    }
}
