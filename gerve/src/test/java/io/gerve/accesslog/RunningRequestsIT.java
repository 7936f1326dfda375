package io.gerve.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.accesslog.MysqlAccessLogReader.Cursor;
import io.gerve.accesslog.MysqlAccessLogReader.Order;
import io.gerve.sql.Database;
import io.gerve.sql.testing.RunningMariaDb;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests of requests that have two records, one of their begin and one of their end. */
class RunningRequestsIT {
    private final Database database = new Database(RunningMariaDb.shared().newMigratedDatabase());
    private final MysqlAccessLogReader log = new MysqlAccessLogReader(database);
    private final MysqlAccessLogStore store = new MysqlAccessLogStore(database, "gate1");
    private final Instant now = Instant.now();
    private final AccessLogRecord end = SampleRecords.recordAt(now.minusSeconds(60));
    private final AccessLogRecord begin = SampleRecords.beginOf(end);

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void beginIsShownUntilTheEndIsRecordedAndTheEndAloneFromThenOn() throws Exception {
        var other = SampleRecords.recordAt(now.minusSeconds(61));
        store.add(List.of(other, begin));
        assertThat(shown(500)).containsExactly(begin, other);
        assertThat(log.find(begin.id()).map(ChainedRecord::record)).contains(begin);

        store.add(List.of(end));
        assertThat(shown(500)).containsExactly(end, other);
        // A page with nothing but a hidden begin record does not count as the last page.
        assertThat(shown(1)).containsExactly(end, other);
        assertThat(log.find(begin.id()).map(ChainedRecord::record)).contains(end);
        assertThat(new ChainVerifier(log).verifyAll()).singleElement().satisfies(chain -> {
            assertThat(chain.last()).isEqualTo(3);
            assertThat(chain.issues()).isEmpty();
        });
    }

    @Test
    void followerSeesARequestThatEndedMeanwhileOnce() throws Exception {
        var tail = new AccessLogTail(log);
        store.add(List.of(begin));
        assertThat(records(tail.nextBatch())).containsExactly(begin);
        store.add(List.of(end));
        assertThat(records(tail.nextBatch())).containsExactly(end);

        AccessLogRecord next = SampleRecords.record();
        store.add(List.of(SampleRecords.beginOf(next), next));
        assertThat(records(tail.nextBatch())).containsExactly(next);
    }

    @Test
    void recordsThatAreSentAgainAreStoredOnce() throws Exception {
        store.add(List.of(begin));
        store.add(List.of(begin, end, begin, end));

        assertThat(stored()).containsExactly(begin, end);
    }

    /** Records that pass a full spool are stored before those in it. */
    @Test
    void beginThatArrivesAfterItsEndIsNotStored() throws Exception {
        store.add(List.of(end));
        store.add(List.of(begin));

        assertThat(stored()).containsExactly(end);
    }

    /** The begin record is before the end record in the chain, so pruning never removes only the end record. */
    @Test
    void pruningNeverLeavesABeginWithoutItsEnd() throws Exception {
        store.add(List.of(begin, SampleRecords.recordAt(now), end));
        var pruner = new MysqlAccessLogPruner(database);

        assertThat(pruner.removeBefore(now.minusSeconds(30)).removed()).isEqualTo(1);
        assertThat(shown(500)).contains(end).hasSize(2);

        assertThat(pruner.removeBefore(now.plus(Duration.ofDays(1))).removed()).isEqualTo(2);
        assertThat(shown(500)).isEmpty();
    }

    private List<AccessLogRecord> shown(int pageSize) throws Exception {
        var shown = new ArrayList<AccessLogRecord>();
        var page = log.page(List.of(), Order.NEWEST_FIRST, Cursor.start(Order.NEWEST_FIRST), pageSize);
        while (!page.isEmpty()) {
            page.records().forEach(record -> shown.add(record.record()));
            page = log.page(List.of(), Order.NEWEST_FIRST, page.end(), pageSize);
        }
        return shown;
    }

    private List<AccessLogRecord> stored() throws Exception {
        return log.between("gate1", 0, Long.MAX_VALUE, 100).records().stream()
                .map(ChainedRecord::record)
                .toList();
    }

    private static List<AccessLogRecord> records(AccessLogTail.Batch batch) {
        return batch.records().stream().map(ChainedRecord::record).toList();
    }
}
