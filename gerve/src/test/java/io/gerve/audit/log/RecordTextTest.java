package io.gerve.audit.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gerve.session.SessionRecord;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordTextTest {
    @Test
    void aRecordReadsAsItWasWritten() {
        for (SessionRecord record : List.of(SampleRecords.record(), SampleRecords.refusal())) {
            assertThat(RecordText.parse(RecordText.bytes(record))).isEqualTo(record);
        }
    }

    @Test
    void nothingLessIsARecord() {
        byte[] whole = RecordText.bytes(SampleRecords.record());
        for (int length = 0; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> RecordText.parse(part)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    /** As somebody writes it who may write to the spool: a length near the largest number, and what is no time. */
    @Test
    void whatReadsLikeARecordAndIsNoneIsRefused() {
        String record = new String(RecordText.bytes(SampleRecords.record()), StandardCharsets.UTF_8);
        for (String text :
                List.of("2147483647:x,", "14:gerve-access-1,2147483640:", record.replace("Z,3:ssh,", "?,3:ssh,"))) {
            assertThat(text).isNotEqualTo(record);
            assertThatThrownBy(() -> RecordText.parse(text.getBytes(StandardCharsets.UTF_8)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    /** Where a field ends is part of what is hashed: two records never have the same bytes. */
    @Test
    void whatMovesFromOneFieldToTheNextChangesTheBytes() {
        assertThat(RecordText.join(List.of("ab", "c"))).isNotEqualTo(RecordText.join(List.of("a", "bc")));
    }
}
