package io.gerve.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.apache.sshd.common.kex.KexState;
import org.junit.jupiter.api.Test;

class ConnectionTimeoutsTest {
    private final Instant connected = Instant.now().minusSeconds(20);

    private final ConnectionTimeouts times = new ConnectionTimeouts(
            new FrontendTimeouts().keyExchange(30).loginGrace(60).get(), connected);

    private boolean isOverdue(KexState exchange, Duration after) {
        return times.overdue(connected.plus(after), exchange, false, false).isPresent();
    }

    @Test
    void whoIsHeldIsNotLate() {
        times.pause();
        assertThat(isOverdue(KexState.RUN, Duration.ofDays(1))).isFalse();
    }

    /** What a client took before it was held counts, or it would have twice its time. */
    @Test
    void whoWasHeldHasTheRestOfItsTime() {
        times.pause();
        times.resume();
        assertThat(isOverdue(KexState.KEYS, Duration.ofSeconds(29))).isFalse();
        assertThat(isOverdue(KexState.KEYS, Duration.ofSeconds(35))).isTrue();
        assertThat(isOverdue(KexState.DONE, Duration.ofSeconds(59))).isFalse();
        assertThat(isOverdue(KexState.DONE, Duration.ofSeconds(65))).isTrue();
    }
}
