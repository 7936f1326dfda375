package io.gerve.accesslog;

import static io.gerve.sql.schema.Tables.ACCESS_LOG;

import io.gerve.keylookup.key.Fingerprint;
import io.gerve.program.RequestId;
import java.time.Instant;
import java.util.HexFormat;
import org.jooq.Field;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** The mapping between records and rows of the table. */
final class MysqlAccessLogRows {
    /** Latest time that a record can have unless a clock is wrong: a day after the database's time. */
    static final Field<Instant> LATEST_TIME =
            DSL.field("UTC_TIMESTAMP(6) + INTERVAL 1 DAY", ACCESS_LOG.OCCURRED_AT.getDataType());

    private static final HexFormat HEX = HexFormat.of();

    private MysqlAccessLogRows() {}

    static io.gerve.sql.schema.tables.records.AccessLogRecord row(ChainedRecord chained) {
        AccessLogRecord record = chained.record();
        var row = new io.gerve.sql.schema.tables.records.AccessLogRecord();
        row.setGate(chained.gate());
        row.setPosition(chained.position());
        row.setPreviousHash(HEX.parseHex(chained.previousHash()));
        row.setRecordHash(HEX.parseHex(chained.hash()));
        row.setRequestId(record.id().text());
        row.setOccurredAt(record.at());
        row.setFrontend(record.client().frontend());
        row.setClientAddress(record.client().address());
        row.setKeyFingerprint(digestOrNull(record.client()));
        row.setKeyId(idOrNull(record.client().keyId()));
        row.setAccountId(idOrNull(record.client().accountId()));
        row.setPrincipal(record.client().principal());
        row.setCommand(record.request().command());
        row.setRepository(record.request().repository());
        row.setRepositoryId(idOrNull(record.decision().repositoryId()));
        row.setExecLine(record.request().execLine());
        row.setDecision(record.decision().decision().label());
        row.setRule(record.decision().rule());
        row.setMessage(record.decision().message());
        row.setServer(record.decision().server());
        row.setHost(record.decision().host());
        row.setBytesIn(record.outcome().bytesIn());
        row.setBytesOut(record.outcome().bytesOut());
        row.setDurationMs(record.outcome().durationMillis());
        row.setExitStatus(record.outcome().exitStatus());
        row.setEndedBy(record.outcome().endedBy());
        row.setRefsSource(PushedRefsCodec.word(record.refs().source()));
        row.setRefs(PushedRefsCodec.lines(record.refs()));
        row.setRefsOmitted(record.refs().omitted());
        return row;
    }

    /**
     * Parses a row.
     *
     * @throws IllegalArgumentException if the row has values that no gate writes
     */
    static ChainedRecord chained(io.gerve.sql.schema.tables.records.AccessLogRecord row) {
        var record = new AccessLogRecord(
                new RequestId(row.getRequestId()),
                row.getOccurredAt(),
                new AccessLogRecord.ClientFields(
                        row.getFrontend(),
                        row.getClientAddress(),
                        keyOrEmpty(row.getKeyFingerprint()),
                        orZero(row.getKeyId()),
                        orZero(row.getAccountId()),
                        row.getPrincipal()),
                new AccessLogRecord.RequestFields(row.getCommand(), row.getRepository(), row.getExecLine()),
                new AccessLogRecord.DecisionFields(
                        RequestDecision.of(row.getDecision()),
                        row.getRule(),
                        orZero(row.getRepositoryId()),
                        row.getServer(),
                        row.getHost(),
                        row.getMessage()),
                new AccessLogRecord.OutcomeFields(
                        row.getBytesIn(),
                        row.getBytesOut(),
                        row.getDurationMs(),
                        row.getExitStatus(),
                        row.getEndedBy()),
                PushedRefsCodec.parse(row.getRefsSource(), row.getRefs(), row.getRefsOmitted()));
        return new ChainedRecord(
                row.getGate(),
                row.getPosition(),
                HEX.formatHex(row.getPreviousHash()),
                HEX.formatHex(row.getRecordHash()),
                record);
    }

    private static byte @Nullable [] digestOrNull(AccessLogRecord.ClientFields client) {
        return client.fingerprint().map(Fingerprint::digest).orElse(null);
    }

    private static String keyOrEmpty(byte @Nullable [] digest) {
        return digest == null ? "" : Fingerprint.ofDigest(digest).text();
    }

    private static @Nullable Long idOrNull(long id) {
        return id == 0 ? null : id;
    }

    private static long orZero(@Nullable Long id) {
        return id == null ? 0 : id;
    }
}
