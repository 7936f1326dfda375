package io.gerve.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.accesslog.MysqlAccessLogReader.Cursor;
import io.gerve.accesslog.MysqlAccessLogReader.Order;
import io.gerve.audit.RowsRead;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.program.RequestId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Queries of a large access log read about as many rows as they return, whether matches are rare or frequent and
 * wherever in the log they are.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AccessLogQueriesIT {
    private static final Instant FIRST = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant MIDDLE = FIRST.plusSeconds(RowsRead.NUMBERS / 2);
    private static final Instant LATE = FIRST.plusSeconds(RowsRead.NUMBERS - 1000);
    private static final int PAGE = 100;
    private static final int FEW = 150;

    /** A page of rows for each of the four refusing decisions, read twice if they are sorted. */
    private static final int READS_OF_A_PAGE_MAX = 4 * 2 * PAGE + FEW;

    private RowsRead rows;
    private MysqlAccessLogReader log;

    /**
     * Every other row has the same account, key and address, and two of three the same repository. Only old rows and a
     * few others are refused.
     */
    @BeforeAll
    void start() {
        rows = new RowsRead();
        rows.fill(
                "access_log (id, gate, position, previous_hash, record_hash, request_id, occurred_at, frontend, client_address,"
                        + " key_fingerprint, key_id, account_id, principal, command, repository, repository_id, exec_line, decision, rule,"
                        + " message, server, host, bytes_in, bytes_out, duration_ms, exit_status, ended_by, refs_source, refs, refs_omitted)",
                "n, IF(n % 2, 'gate1', 'gate2'), (n + 1) DIV 2, REPEAT('p', 32), REPEAT('h', 32), LPAD(n, 16, '0'),"
                        + " '2026-01-01' + INTERVAL n SECOND, 'ssh', IF(n % 2, '192.0.2.1', CONCAT('192.0.2.', 2 + n % 200)),"
                        + " UNHEX(SHA2(IF(n % 2, 1, n % 2000), 256)), 1, IF(n % 2, 1, n % 2000), 'x',"
                        + " IF(n % 5000 = 0, 'git-upload-archive', IF(n % 3, 'git-upload-pack', 'git-receive-pack')),"
                        + " IF(n % 3, 'o/many', CONCAT('o/r', n % 2000)), 1, 'x',"
                        + " IF(n % 5000 = 1, 'failed', IF(n < 15000 AND n % 2, 'denied', 'allowed')), 'owner', '', 'fs1', 'fs1a',"
                        + " 1, 1, 1, '0', 'command', 'nothing', '', 0",
                "TRUE");
        rows.sql()
                .execute("INSERT INTO access_log_chains SELECT gate, 0, REPEAT('0', 32), MAX(position), REPEAT('h', 32)"
                        + " FROM access_log GROUP BY gate");
        rows.sql().fetch("ANALYZE TABLE access_log, access_log_chains");
        log = new MysqlAccessLogReader(rows.database());
    }

    @AfterAll
    void close() {
        rows.close();
    }

    @Test
    void pageReadsOnlyItsOwnRowsWithEveryFilter() throws Exception {
        for (List<AccessLogFilter> filters : List.<List<AccessLogFilter>>of(
                List.of(),
                List.of(new AccessLogFilter.OfAccount(1)),
                List.of(new AccessLogFilter.OfAccount(12)),
                List.of(new AccessLogFilter.OfKey(key(1))),
                List.of(new AccessLogFilter.OfKey(key(12))),
                List.of(new AccessLogFilter.OfRepository(List.of("o/many"))),
                List.of(new AccessLogFilter.OfRepository(List.of("o/r12", "o/many", "o/none"))),
                List.of(new AccessLogFilter.FromAddress("192.0.2.1")),
                List.of(new AccessLogFilter.FromAddress("192.0.2.8")),
                List.of(new AccessLogFilter.Verb("git-receive-pack")),
                List.of(new AccessLogFilter.Verb("git-upload-archive")),
                List.of(new AccessLogFilter.Verb("login")),
                List.of(new AccessLogFilter.Since(LATE)),
                List.of(new AccessLogFilter.Before(FIRST.plusSeconds(10))),
                List.of(new AccessLogFilter.Refused()),
                List.of(new AccessLogFilter.Refused(), new AccessLogFilter.Since(LATE)),
                List.of(new AccessLogFilter.Refused(), new AccessLogFilter.Since(MIDDLE)),
                List.of(new AccessLogFilter.Refused(), new AccessLogFilter.OfAccount(12)),
                List.of(new AccessLogFilter.Verb("git-upload-archive"), new AccessLogFilter.OfAccount(1)),
                List.of(
                        new AccessLogFilter.Verb("git-receive-pack"),
                        new AccessLogFilter.OfRepository(List.of("o/r12"))),
                List.of(new AccessLogFilter.OfAccount(12), new AccessLogFilter.OfRepository(List.of("o/many"))),
                List.of(new AccessLogFilter.OfAccount(1), new AccessLogFilter.Since(LATE)))) {
            for (Order order : Order.values()) {
                for (var cursor : List.of(Cursor.start(order), new Cursor(MIDDLE, RowsRead.NUMBERS / 2))) {
                    assertThat(rows.of(() -> log.page(filters, order, cursor, PAGE)))
                            .as("%s %s from %s", filters, order, cursor)
                            .isLessThan(READS_OF_A_PAGE_MAX);
                }
            }
        }
    }

    @Test
    void findingOneRecordOrFollowingReadsFewRows() throws Exception {
        assertThat(rows.of(() -> log.find(new RequestId("0000000000000012")))).isLessThan(FEW);
        var tail = new AccessLogTail(log);
        assertThat(rows.of(tail::nextBatch)).isLessThan(FEW);
        rows.sql().execute("UPDATE access_log_chains SET head_position = head_position - 10");
        var behind = new AccessLogTail(log);
        rows.sql().execute("UPDATE access_log_chains SET head_position = head_position + 10");
        assertThat(rows.of(() -> assertThat(behind.nextBatch().records()).hasSize(20)))
                .isLessThan(FEW);
    }

    /** Each record once, each gate's name, and for each record the others with its request's id. */
    @Test
    void verifyingReadsAFewRowsForEachRecord() throws Exception {
        assertThat(rows.of(() -> new ChainVerifier(log).verifyAll())).isLessThan(5L * RowsRead.NUMBERS);
    }

    @Test
    void pruningReadsOnlyWhatItRemoves() throws Exception {
        var pruner = new MysqlAccessLogPruner(rows.database());
        assertThat(rows.of(() -> assertThat(
                                pruner.removeBefore(FIRST.plusSeconds(201)).removed())
                        .isEqualTo(200)))
                .isLessThan(3 * 1000);
        assertThat(rows.of(
                        () -> assertThat(pruner.removeBefore(FIRST).removed()).isZero()))
                .isLessThan(3 * 1000);
    }

    private static Fingerprint key(int id) throws Exception {
        return Fingerprint.ofDigest(
                MessageDigest.getInstance("SHA-256").digest(Integer.toString(id).getBytes(StandardCharsets.US_ASCII)));
    }
}
