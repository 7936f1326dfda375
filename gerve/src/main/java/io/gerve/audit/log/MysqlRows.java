package io.gerve.audit.log;

import io.gerve.keylookup.key.Fingerprint;
import io.gerve.program.RequestId;
import io.gerve.session.SessionRecord;
import io.gerve.sql.schema.tables.records.AccessLogRecord;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** How a record stands in the table. */
final class MysqlRows {
    private static final HexFormat HEX = HexFormat.of();

    private MysqlRows() {}

    static AccessLogRecord row(LoggedRecord logged) {
        SessionRecord record = logged.record();
        var row = new AccessLogRecord();
        row.setGate(logged.gate());
        row.setPosition(logged.position());
        row.setPreviousHash(HEX.parseHex(logged.previous()));
        row.setRecordHash(HEX.parseHex(logged.hash()));
        row.setRequestId(record.id().text());
        row.setOccurredAt(record.at());
        row.setDoor(record.from().door());
        row.setClientAddress(record.from().address());
        row.setKeyFingerprint(digestOrNull(record.from()));
        row.setKeyId(idOrNull(record.from().keyId()));
        row.setAccountId(idOrNull(record.from().accountId()));
        row.setHolder(record.from().holder());
        row.setVerb(record.asked().verb());
        row.setRepository(record.asked().repository());
        row.setRepositoryId(idOrNull(record.ruling().repositoryId()));
        row.setRequested(record.asked().line());
        row.setDecision(record.ruling().decision());
        row.setRule(record.ruling().rule());
        row.setTold(record.ruling().told());
        row.setServer(record.ruling().server());
        row.setHost(record.ruling().host());
        row.setBytesIn(record.course().bytesIn());
        row.setBytesOut(record.course().bytesOut());
        row.setDurationMs(record.course().milliseconds());
        row.setExitStatus(record.course().exit());
        row.setEndedBy(record.course().endedBy());
        row.setRefsKnown(RefsText.word(record.refs().known()));
        row.setRefs(RefsText.lines(record.refs()));
        row.setRefsMore(record.refs().more());
        return row;
    }

    /** @throws IllegalArgumentException if the row says what no gate writes */
    static LoggedRecord logged(AccessLogRecord row) {
        var record = new SessionRecord(
                new RequestId(row.getRequestId()),
                row.getOccurredAt(),
                new SessionRecord.From(
                        row.getDoor(),
                        row.getClientAddress(),
                        keyOrNone(row.getKeyFingerprint()),
                        orNone(row.getKeyId()),
                        orNone(row.getAccountId()),
                        row.getHolder()),
                new SessionRecord.Asked(row.getVerb(), row.getRepository(), row.getRequested()),
                new SessionRecord.Ruling(
                        row.getDecision(),
                        row.getRule(),
                        orNone(row.getRepositoryId()),
                        row.getServer(),
                        row.getHost(),
                        row.getTold()),
                new SessionRecord.Course(
                        row.getBytesIn(),
                        row.getBytesOut(),
                        row.getDurationMs(),
                        row.getExitStatus(),
                        row.getEndedBy()),
                RefsText.parse(row.getRefsKnown(), row.getRefs(), row.getRefsMore()));
        return new LoggedRecord(
                row.getGate(),
                row.getPosition(),
                HEX.formatHex(row.getPreviousHash()),
                HEX.formatHex(row.getRecordHash()),
                record);
    }

    private static byte @Nullable [] digestOrNull(SessionRecord.From from) {
        return from.fingerprint().map(Fingerprint::digest).orElse(null);
    }

    private static String keyOrNone(byte @Nullable [] digest) {
        return digest == null ? "" : Fingerprint.ofDigest(digest).text();
    }

    private static @Nullable Long idOrNull(long id) {
        return id == 0 ? null : id;
    }

    private static long orNone(@Nullable Long id) {
        return id == null ? 0 : id;
    }
}
