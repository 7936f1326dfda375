package io.gerve.accesslog;

import static io.gerve.sql.schema.Tables.ACCESS_LOG;
import static io.gerve.sql.schema.Tables.ACCESS_LOG_CHAINS;

import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.Database;
import io.gerve.sql.DatabaseFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.exception.DataAccessException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Storage of records in MySQL, in the chain of one gate. It locks the chain's row while it adds records, so that two
 * programs with the same gate name, such as one started before the other has ended, take turns and the chain does not
 * fork.
 */
final class MysqlAccessLogStore implements AccessLogStore {
    private static final Logger LOG = LoggerFactory.getLogger(MysqlAccessLogStore.class);
    /** The head of the chain is logged after so many records, and when it has moved and was logged so long ago. */
    private static final int HEAD_RECORDS = 1000;

    private static final Duration HEAD_INTERVAL = Duration.ofMinutes(1);
    /** Well below the server's packet limit, even for the largest records. */
    private static final int REFS_IN_A_STATEMENT_MAX = 1 << 20;

    private static final HexFormat HEX = HexFormat.of();

    private final Database database;
    private final String gate;
    private boolean chainExists;
    /** Whether the last records could not be stored because a row stood at their position. */
    private boolean isBlocked;

    private final Duration headInterval;
    private ChainHead head;
    private long loggedPosition;
    private long loggedAt;

    MysqlAccessLogStore(Database database, String gate) {
        this(database, gate, HEAD_INTERVAL);
    }

    MysqlAccessLogStore(Database database, String gate, Duration headInterval) {
        this.database = database;
        this.gate = gate;
        this.headInterval = headInterval;
        this.head = new ChainHead(gate, 0, HashChain.BEGINNING);
        this.loggedAt = System.nanoTime() - headInterval.toNanos();
    }

    @Override
    public List<AccessLogRecord> add(List<AccessLogRecord> records) throws LookupUnavailable {
        try {
            addAll(records);
            return List.of();
        } catch (DataAccessException e) {
            if (!DatabaseFailure.isRefusal(e)) {
                throw new LookupUnavailable("the access log", e);
            }
        }
        return addOneByOne(records);
    }

    private List<AccessLogRecord> addOneByOne(List<AccessLogRecord> records) throws LookupUnavailable {
        List<AccessLogRecord> rejected = new ArrayList<>();
        for (AccessLogRecord record : records) {
            try {
                addAll(List.of(record));
            } catch (DataAccessException e) {
                if (!DatabaseFailure.isRefusal(e)) {
                    throw new LookupUnavailable("the access log", e);
                }
                rejected.add(record);
            }
        }
        return rejected;
    }

    private void addAll(List<AccessLogRecord> records) {
        DSLContext sql = database.sql();
        if (!chainExists) {
            createChain(sql);
        }
        // Stays false if the transaction fails, so that a chain's row that somebody removed is created again.
        chainExists = false;
        head = sql.transactionResult(transaction -> append(transaction.dsl(), records));
        chainExists = true;
        logHeadIfDue();
    }

    @Override
    public void rest() {
        logHeadIfDue();
    }

    /** Adds the chain. Its anchor has the default, position 0 and zeros: a gate has no right to write an anchor. */
    private void createChain(DSLContext sql) {
        sql.insertInto(ACCESS_LOG_CHAINS)
                .set(ACCESS_LOG_CHAINS.GATE, gate)
                .set(ACCESS_LOG_CHAINS.HEAD_POSITION, 0L)
                .set(ACCESS_LOG_CHAINS.HEAD_HASH, HEX.parseHex(HashChain.BEGINNING))
                .onDuplicateKeyIgnore()
                .execute();
    }

    private ChainHead append(DSLContext sql, List<AccessLogRecord> records) {
        Record last = sql.select(ACCESS_LOG_CHAINS.HEAD_POSITION, ACCESS_LOG_CHAINS.HEAD_HASH)
                .from(ACCESS_LOG_CHAINS)
                .where(ACCESS_LOG_CHAINS.GATE.eq(gate))
                .forUpdate()
                .fetchSingle();
        List<ChainedRecord> chained = new ArrayList<>();
        long position = last.get(ACCESS_LOG_CHAINS.HEAD_POSITION);
        String hash = HEX.formatHex(last.get(ACCESS_LOG_CHAINS.HEAD_HASH));
        checkFree(sql, position, records.size());
        for (AccessLogRecord record : withoutStored(sql, position, records)) {
            String next = HashChain.recordHash(gate, hash, record);
            position++;
            chained.add(new ChainedRecord(gate, position, hash, next, record));
            hash = next;
        }
        if (!chained.isEmpty()) {
            insert(sql, chained);
            sql.update(ACCESS_LOG_CHAINS)
                    .set(ACCESS_LOG_CHAINS.HEAD_POSITION, position)
                    .set(ACCESS_LOG_CHAINS.HEAD_HASH, HEX.parseHex(hash))
                    .where(ACCESS_LOG_CHAINS.GATE.eq(gate))
                    .execute();
        }
        return new ChainHead(gate, position, hash);
    }

    /**
     * Checks that there are free positions after the head, so that a row which somebody added there, or a head that
     * somebody set, keeps the records waiting instead of having each of them rejected.
     *
     * @throws DataAccessException if there are none; unlike a refusal by the database, it has no SQLException
     */
    private void checkFree(DSLContext sql, long last, int count) {
        boolean isFree = last <= Long.MAX_VALUE - count
                && !sql.fetchExists(
                        ACCESS_LOG, ACCESS_LOG.GATE.eq(gate), ACCESS_LOG.POSITION.between(last + 1, last + count));
        if (!isFree) {
            if (!isBlocked) {
                LOG.atError()
                        .addKeyValue("gate", gate)
                        .addKeyValue("head", last)
                        .log("Somebody added a row beyond the end of the access log's chain, or set its head."
                                + " Records wait in the spool. Run: gerve audit log verify");
            }
            isBlocked = true;
            throw new DataAccessException("no record can follow the head of the chain (gerve audit log verify)");
        }
        isBlocked = false;
    }

    /** The program's log leaves the machine by other ways than the database, so that the head is kept elsewhere too. */
    private void logHeadIfDue() {
        long now = System.nanoTime();
        boolean isDue = head.position() < loggedPosition
                || head.position() - loggedPosition >= HEAD_RECORDS
                || now - loggedAt >= headInterval.toNanos();
        if (head.position() != loggedPosition && isDue) {
            loggedPosition = head.position();
            loggedAt = now;
            LOG.atInfo().addKeyValue("head", head.text()).log("Access log head");
        }
    }

    /**
     * A row of the chain with the id of a record that is to be stored.
     *
     * @param facts what {@link MysqlRunningRequests#facts} returns
     */
    private record StoredRow(String endedBy, String previousHash, String hash, List<?> facts) {
        boolean isOf(String gate, AccessLogRecord record) {
            return hash.equals(HashChain.recordHash(gate, previousHash, record));
        }

        boolean isEndOf(String gate, AccessLogRecord record) {
            return record.isBegin()
                    && !endedBy.equals(AccessLogRecord.OutcomeFields.UNKNOWN)
                    && facts.equals(MysqlRunningRequests.facts(gate, record));
        }
    }

    /**
     * Returns the records that are to be stored. A record is left out if the chain already has it or, for a begin
     * record, if the chain has the end record of the request, with the same facts. While the spool is full, new records
     * pass it and arrive before the older ones in it. A begin record stored after its end record would outlive it when
     * the log is pruned.
     *
     * <p>This process, or one before it, sends records again when it did not learn whether they were stored. Only a row
     * with the record's own hash counts as stored: a row of another gate, or with other content, was added by somebody
     * to keep the record out.
     */
    private List<AccessLogRecord> withoutStored(DSLContext sql, long last, List<AccessLogRecord> records) {
        Map<String, List<StoredRow>> stored = sql.select(MysqlRunningRequests.FACTS)
                .select(ACCESS_LOG.ENDED_BY, ACCESS_LOG.PREVIOUS_HASH, ACCESS_LOG.RECORD_HASH)
                .from(ACCESS_LOG.forceIndex("access_log_request_end"))
                .where(
                        ACCESS_LOG.REQUEST_ID.in(records.stream()
                                .map(record -> record.id().text())
                                .toList()),
                        ACCESS_LOG.GATE.eq(gate),
                        ACCESS_LOG.POSITION.le(last))
                .fetchGroups(
                        ACCESS_LOG.REQUEST_ID,
                        row -> new StoredRow(
                                row.get(ACCESS_LOG.ENDED_BY),
                                HEX.formatHex(row.get(ACCESS_LOG.PREVIOUS_HASH)),
                                HEX.formatHex(row.get(ACCESS_LOG.RECORD_HASH)),
                                MysqlRunningRequests.facts(row)));
        List<AccessLogRecord> missing = new ArrayList<>();
        for (AccessLogRecord record : records) {
            var rows = stored.getOrDefault(record.id().text(), List.of());
            boolean isStored = rows.stream().anyMatch(row -> row.isOf(gate, record) || row.isEndOf(gate, record));
            boolean isTwice = missing.stream()
                    .anyMatch(other -> other.id().equals(record.id()) && (record.isBegin() || !other.isBegin()));
            if (!isStored && !isTwice) {
                missing.add(record);
            }
        }
        return missing;
    }

    private static void insert(DSLContext sql, List<ChainedRecord> chained) {
        int start = 0;
        int refs = 0;
        for (int i = 0; i < chained.size(); i++) {
            refs += PushedRefsCodec.lines(chained.get(i).record().refs()).length();
            if (i + 1 == chained.size() || refs > REFS_IN_A_STATEMENT_MAX) {
                insertTogether(sql, chained.subList(start, i + 1));
                start = i + 1;
                refs = 0;
            }
        }
    }

    private static void insertTogether(DSLContext sql, List<ChainedRecord> chained) {
        var rows = chained.stream().map(MysqlAccessLogRows::row).toList();
        sql.insertInto(ACCESS_LOG).set(rows).execute();
    }
}
