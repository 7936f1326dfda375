package io.gerve.accesslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class AccessLogRecordCodecTest {
    @Test
    void parsedRecordEqualsWrittenRecord() {
        for (AccessLogRecord record : List.of(SampleRecords.record(), SampleRecords.refusal())) {
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

    /** The ends of fields are part of the hashed bytes, so two different records never have the same bytes. */
    @Test
    void movingTextBetweenFieldsChangesTheBytes() {
        assertThat(AccessLogRecordCodec.join(List.of("ab", "c")))
                .isNotEqualTo(AccessLogRecordCodec.join(List.of("a", "bc")));
    }
}
