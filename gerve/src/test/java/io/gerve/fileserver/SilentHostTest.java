package io.gerve.fileserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SilentHostTest {
    private final AtomicLong now = new AtomicLong();
    private final SilentHost host = new SilentHost(now::get);

    @Test
    void fastFailuresDoNotLimitConnects() {
        for (int i = 0; i < 5; i++) {
            assertThat(host.mayDial()).isTrue();
            failAfter(Duration.ofMillis(999));
        }
        assertThat(host.mayDial()).isTrue();
    }

    @Test
    void hostThatTimesOutIsTriedOncePerSecond() {
        failAfter(Duration.ofSeconds(10));
        assertThat(host.mayDial()).as("one timeout does not count").isTrue();
        failAfter(Duration.ofSeconds(10));
        assertThat(host.mayDial()).isFalse();

        now.addAndGet(Duration.ofMillis(999).toNanos());
        assertThat(host.mayDial()).isFalse();
        now.addAndGet(Duration.ofMillis(1).toNanos());
        assertThat(host.mayDial()).isTrue();
        assertThat(host.mayDial()).as("during the attempt").isFalse();
        failAfter(Duration.ofSeconds(10));
        assertThat(host.mayDial()).isFalse();
    }

    @Test
    void successEndsTheLimit() {
        failAfter(Duration.ofSeconds(10));
        failAfter(Duration.ofSeconds(10));
        host.answered();
        assertThat(host.mayDial()).isTrue();
        assertThat(host.mayDial()).isTrue();
    }

    @Test
    void abandonedAttemptLetsTheNextRequestTry() {
        failAfter(Duration.ofSeconds(10));
        failAfter(Duration.ofSeconds(10));
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(host.mayDial()).isTrue();
        host.abandoned();
        assertThat(host.mayDial()).isTrue();
    }

    private void failAfter(Duration time) {
        long startedAt = now.get();
        now.addAndGet(time.toNanos());
        host.failed(startedAt);
    }
}
