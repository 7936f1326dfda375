package io.gerve.accesslog;

import io.gerve.program.RequestId;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * The canonical encoding of records: each field as its length in bytes, a colon, its UTF-8 and a comma. The hash chain
 * is computed over these bytes, so the encoding must never change; the spool stores them too.
 */
final class AccessLogRecordCodec {
    private static final String FORMAT = "gerve-access-1";

    private AccessLogRecordCodec() {}

    static byte[] bytes(AccessLogRecord record) {
        return join(fields(record));
    }

    static byte[] join(List<String> fields) {
        var bytes = new ByteArrayOutputStream(512);
        for (String field : fields) {
            byte[] utf8 = field.getBytes(StandardCharsets.UTF_8);
            bytes.writeBytes((utf8.length + ":").getBytes(StandardCharsets.US_ASCII));
            bytes.writeBytes(utf8);
            bytes.write(',');
        }
        return bytes.toByteArray();
    }

    /**
     * Parses the encoding of one record.
     *
     * @throws IllegalArgumentException if the bytes do not encode a record
     */
    static AccessLogRecord parse(byte[] bytes) {
        Iterator<String> fields = split(bytes).iterator();
        try {
            return parse(fields);
        } catch (NoSuchElementException e) {
            throw new IllegalArgumentException("the record has too few fields", e);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("the time of the record cannot be parsed", e);
        }
    }

    private static List<String> fields(AccessLogRecord record) {
        var client = record.client();
        var request = record.request();
        var decision = record.decision();
        var outcome = record.outcome();
        return List.of(
                FORMAT,
                record.id().text(),
                record.at().toString(),
                client.frontend(),
                client.address(),
                client.key(),
                Long.toString(client.keyId()),
                Long.toString(client.accountId()),
                client.principal(),
                request.command(),
                request.repository(),
                request.execLine(),
                decision.decision().label(),
                decision.rule(),
                Long.toString(decision.repositoryId()),
                decision.server(),
                decision.host(),
                decision.message(),
                Long.toString(outcome.bytesIn()),
                Long.toString(outcome.bytesOut()),
                Long.toString(outcome.durationMillis()),
                outcome.exitStatus(),
                outcome.endedBy(),
                PushedRefsCodec.word(record.refs().source()),
                PushedRefsCodec.lines(record.refs()),
                Integer.toString(record.refs().omitted()));
    }

    private static AccessLogRecord parse(Iterator<String> fields) {
        if (!fields.next().equals(FORMAT)) {
            throw new IllegalArgumentException("the record has an unknown format version");
        }
        return new AccessLogRecord(
                new RequestId(fields.next()),
                Instant.parse(fields.next()),
                new AccessLogRecord.ClientFields(
                        fields.next(),
                        fields.next(),
                        fields.next(),
                        Long.parseLong(fields.next()),
                        Long.parseLong(fields.next()),
                        fields.next()),
                new AccessLogRecord.RequestFields(fields.next(), fields.next(), fields.next()),
                parseDecision(fields),
                new AccessLogRecord.OutcomeFields(
                        Long.parseLong(fields.next()),
                        Long.parseLong(fields.next()),
                        Long.parseLong(fields.next()),
                        fields.next(),
                        fields.next()),
                PushedRefsCodec.parse(fields.next(), fields.next(), Integer.parseInt(fields.next())));
    }

    private static AccessLogRecord.DecisionFields parseDecision(Iterator<String> fields) {
        RequestDecision decision = RequestDecision.of(fields.next());
        String rule = fields.next();
        long repositoryId = Long.parseLong(fields.next());
        String server = fields.next();
        String host = fields.next();
        return new AccessLogRecord.DecisionFields(decision, rule, repositoryId, server, host, fields.next());
    }

    private static List<String> split(byte[] bytes) {
        List<String> fields = new ArrayList<>();
        for (int at = 0; at < bytes.length; ) {
            int colon = at;
            while (colon < bytes.length && bytes[colon] != ':') {
                colon++;
            }
            int length = Integer.parseInt(new String(bytes, at, colon - at, StandardCharsets.US_ASCII));
            if (length < 0 || length >= bytes.length - colon - 1 || bytes[colon + 1 + length] != ',') {
                throw new IllegalArgumentException("the record is truncated");
            }
            fields.add(new String(bytes, colon + 1, length, StandardCharsets.UTF_8));
            at = colon + 1 + length + 1;
        }
        return fields;
    }
}
