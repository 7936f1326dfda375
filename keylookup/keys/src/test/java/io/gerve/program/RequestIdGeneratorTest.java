package io.gerve.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class RequestIdGeneratorTest {
    @Test
    void idsSortByTime() {
        var random = new SecureRandom();
        RequestId earlier =
                new RequestIdGenerator(InstantSource.fixed(Instant.parse("2026-11-21T10:00:00.000Z")), random).next();
        RequestId later =
                new RequestIdGenerator(InstantSource.fixed(Instant.parse("2026-11-21T10:00:00.001Z")), random).next();

        assertThat(earlier.text()).isLessThan(later.text());
    }

    @Test
    void idContainsTimeOfRequest() {
        Instant at = Instant.parse("2026-11-21T10:00:00.123Z");

        assertThat(new RequestIdGenerator(InstantSource.fixed(at), new SecureRandom())
                        .next()
                        .time())
                .isEqualTo(at);
    }

    @Test
    void textOfOtherFormIsRefused() {
        assertThat(RequestId.parse("01k9x0c3v5m8t2qa")).contains(new RequestId("01k9x0c3v5m8t2qa"));
        assertThat(RequestId.parse("01k9x0c3v5m8t2q")).isEmpty();
        assertThat(RequestId.parse("01k9x0c3v5m8t2qu")).isEmpty();
        assertThat(RequestId.parse("01k9x0c3v5m8t2qa\n")).isEmpty();
    }
}
