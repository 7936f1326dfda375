package io.gerve.accesslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gerve.program.RequestId;
import io.gerve.push.PushedRefs;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class AccessLogRecordCodecTest {
    @Test
    void parsedRecordEqualsWrittenRecord() {
        for (AccessLogRecord record : List.of(
                SampleRecords.record(), SampleRecords.refusal(), SampleRecords.beginOf(SampleRecords.record()))) {
            assertThat(AccessLogRecordCodec.parse(AccessLogRecordCodec.bytes(record)))
                    .isEqualTo(record);
        }
    }

    @Test
    void truncatedRecordIsRejected() {
        byte[] whole = AccessLogRecordCodec.bytes(SampleRecords.record());
        for (int length = 0; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> AccessLogRecordCodec.parse(part)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    /** The attack: an account that can write to the spool writes a length near the maximum, or an invalid time. */
    @Test
    void malformedRecordIsRejected() {
        String record = new String(AccessLogRecordCodec.bytes(SampleRecords.record()), StandardCharsets.UTF_8);
        for (String text :
                List.of("2147483647:x,", "14:gerve-access-1,2147483640:", record.replace("Z,3:ssh,", "?,3:ssh,"))) {
            assertThat(text).isNotEqualTo(record);
            assertThatThrownBy(() -> AccessLogRecordCodec.parse(text.getBytes(StandardCharsets.UTF_8)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    /** Chains of earlier versions must verify, so the encoding is fixed: this is the SHA-256 of a record of version 1. */
    @Test
    void encodingIsThatOfTheFirstVersion() throws Exception {
        var record = new AccessLogRecord(
                new RequestId("01k9x0c3v5m8t2qa"),
                Instant.parse("2026-03-01T12:00:00.123Z"),
                new AccessLogRecord.ClientFields("ssh", "192.0.2.7", SampleRecords.KEY.text(), 5, 2, "tom"),
                new AccessLogRecord.RequestFields("git-upload-pack", "mojombo/bert", "git-upload-pack 'mojombo/bert'"),
                new AccessLogRecord.DecisionFields(RequestDecision.ALLOWED, "collaborator", 7, "fs3", "fs3a", ""),
                new AccessLogRecord.OutcomeFields(100, 200, 30, "0", "command"),
                PushedRefs.NONE);

        assertThat(HashChain.recordHash("gate1", HashChain.BEGINNING, record))
                .isEqualTo("61a0e483597b78068239487e1c2cf5d8c85b7b96c329e2a463f65343942ebef5");
    }

    /** The ends of fields are part of the hashed bytes, so two different records never have the same bytes. */
    @Test
    void movingTextBetweenFieldsChangesTheBytes() {
        assertThat(AccessLogRecordCodec.join(List.of("ab", "c")))
                .isNotEqualTo(AccessLogRecordCodec.join(List.of("a", "bc")));
    }
}
