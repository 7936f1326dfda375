package io.gerve.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.apache.sshd.common.kex.KexState;
import org.junit.jupiter.api.Test;

class ConnectionTimeoutsTest {
    private final Moment connected = Moment.now().plus(Duration.ofSeconds(-20));

    private final ConnectionTimeouts timeouts = new ConnectionTimeouts(
            new FrontendTimeouts().kexTimeout(30).loginGraceTime(60).get(), connected);

    private boolean isOverdue(KexState exchange, Duration after) {
        return timeouts.overdue(connected.plus(after), exchange, false, false).isPresent();
    }

    @Test
    void pausedClientIsNotOverdue() {
        timeouts.pause();
        assertThat(isOverdue(KexState.RUN, Duration.ofDays(1))).isFalse();
    }

    /** The time before the pause counts; otherwise a client would have twice its time. */
    @Test
    void resumedClientHasItsRemainingTime() {
        timeouts.pause();
        timeouts.resume();
        assertThat(isOverdue(KexState.KEYS, Duration.ofSeconds(29))).isFalse();
        assertThat(isOverdue(KexState.KEYS, Duration.ofSeconds(35))).isTrue();
        assertThat(isOverdue(KexState.DONE, Duration.ofSeconds(59))).isFalse();
        assertThat(isOverdue(KexState.DONE, Duration.ofSeconds(65))).isTrue();
    }
}
