package io.gerve.audit.log;

import io.gerve.program.RequestId;
import io.gerve.session.SessionRecord;
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
final class RecordText {
    private static final String FORM = "gerve-access-1";

    private RecordText() {}

    static byte[] bytes(SessionRecord record) {
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
    static SessionRecord parse(byte[] bytes) {
        Iterator<String> fields = split(bytes).iterator();
        try {
            return parse(fields);
        } catch (NoSuchElementException e) {
            throw new IllegalArgumentException("a record that ends too soon", e);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("a record without a time", e);
        }
    }

    private static List<String> fields(SessionRecord record) {
        var from = record.from();
        var asked = record.asked();
        var ruling = record.ruling();
        var course = record.course();
        return List.of(
                FORM,
                record.id().text(),
                record.at().toString(),
                from.door(),
                from.address(),
                from.key(),
                Long.toString(from.keyId()),
                Long.toString(from.accountId()),
                from.holder(),
                asked.verb(),
                asked.repository(),
                asked.line(),
                ruling.decision(),
                ruling.rule(),
                Long.toString(ruling.repositoryId()),
                ruling.server(),
                ruling.host(),
                ruling.told(),
                Long.toString(course.bytesIn()),
                Long.toString(course.bytesOut()),
                Long.toString(course.milliseconds()),
                course.exit(),
                course.endedBy(),
                RefsText.word(record.refs().known()),
                RefsText.lines(record.refs()),
                Integer.toString(record.refs().more()));
    }

    private static SessionRecord parse(Iterator<String> fields) {
        if (!fields.next().equals(FORM)) {
            throw new IllegalArgumentException("a record of another form");
        }
        return new SessionRecord(
                new RequestId(fields.next()),
                Instant.parse(fields.next()),
                new SessionRecord.From(
                        fields.next(),
                        fields.next(),
                        fields.next(),
                        Long.parseLong(fields.next()),
                        Long.parseLong(fields.next()),
                        fields.next()),
                new SessionRecord.Asked(fields.next(), fields.next(), fields.next()),
                ruling(fields),
                new SessionRecord.Course(
                        Long.parseLong(fields.next()),
                        Long.parseLong(fields.next()),
                        Long.parseLong(fields.next()),
                        fields.next(),
                        fields.next()),
                RefsText.parse(fields.next(), fields.next(), Integer.parseInt(fields.next())));
    }

    private static SessionRecord.Ruling ruling(Iterator<String> fields) {
        String decision = fields.next();
        String rule = fields.next();
        long repositoryId = Long.parseLong(fields.next());
        String server = fields.next();
        String host = fields.next();
        return new SessionRecord.Ruling(decision, rule, repositoryId, server, host, fields.next());
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
