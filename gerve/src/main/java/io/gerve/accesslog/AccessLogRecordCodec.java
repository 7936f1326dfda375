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
 * A record as bytes, of which there is one form: each field as its length in bytes, a colon, its UTF-8 and a comma. It is what is hashed, so
 * that it must never change, and what waits in the spool.
 */
final class AccessLogRecordCodec {
    private static final String FORM = "gerve-access-1";

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

    /** @throws IllegalArgumentException if they are no record */
    static AccessLogRecord parse(byte[] bytes) {
        Iterator<String> fields = split(bytes).iterator();
        try {
            return parse(fields);
        } catch (NoSuchElementException e) {
            throw new IllegalArgumentException("a record that ends too soon", e);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("a record without a time", e);
        }
    }

    private static List<String> fields(AccessLogRecord record) {
        var from = record.client();
        var asked = record.request();
        var ruling = record.decision();
        var course = record.outcome();
        return List.of(
                FORM,
                record.id().text(),
                record.at().toString(),
                from.frontend(),
                from.address(),
                from.key(),
                Long.toString(from.keyId()),
                Long.toString(from.accountId()),
                from.principal(),
                asked.command(),
                asked.repository(),
                asked.execLine(),
                ruling.decision(),
                ruling.rule(),
                Long.toString(ruling.repositoryId()),
                ruling.server(),
                ruling.host(),
                ruling.message(),
                Long.toString(course.bytesIn()),
                Long.toString(course.bytesOut()),
                Long.toString(course.durationMillis()),
                course.exitStatus(),
                course.endedBy(),
                PushedRefsCodec.word(record.refs().source()),
                PushedRefsCodec.lines(record.refs()),
                Integer.toString(record.refs().omitted()));
    }

    private static AccessLogRecord parse(Iterator<String> fields) {
        if (!fields.next().equals(FORM)) {
            throw new IllegalArgumentException("a record of another form");
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
                ruling(fields),
                new AccessLogRecord.OutcomeFields(
                        Long.parseLong(fields.next()),
                        Long.parseLong(fields.next()),
                        Long.parseLong(fields.next()),
                        fields.next(),
                        fields.next()),
                PushedRefsCodec.parse(fields.next(), fields.next(), Integer.parseInt(fields.next())));
    }

    private static AccessLogRecord.DecisionFields ruling(Iterator<String> fields) {
        String decision = fields.next();
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
                throw new IllegalArgumentException("a record that is cut off");
            }
            fields.add(new String(bytes, colon + 1, length, StandardCharsets.UTF_8));
            at = colon + 1 + length + 1;
        }
        return fields;
    }
}
