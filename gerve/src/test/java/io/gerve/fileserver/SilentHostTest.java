package io.gerve.fileserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SilentHostTest {
    private final AtomicLong now = new AtomicLong();
    private final SilentHost host = new SilentHost(now::get);

    @Test
    void aHostThatAnswersIsDialledByAll() {
        for (int dial = 0; dial < 5; dial++) {
            assertThat(host.mayDial()).isTrue();
            failAfter(Duration.ofMillis(999));
        }
        assertThat(host.mayDial()).isTrue();
    }

    @Test
    void aSilentHostIsDialledByOneEachSecond() {
        failAfter(Duration.ofSeconds(10));
        assertThat(host.mayDial()).as("one may have been unlucky").isTrue();
        failAfter(Duration.ofSeconds(10));
        assertThat(host.mayDial()).isFalse();

        now.addAndGet(Duration.ofMillis(999).toNanos());
        assertThat(host.mayDial()).isFalse();
        now.addAndGet(Duration.ofMillis(1).toNanos());
        assertThat(host.mayDial()).isTrue();
        assertThat(host.mayDial()).as("while it is tried").isFalse();
        failAfter(Duration.ofSeconds(10));
        assertThat(host.mayDial()).isFalse();
    }

    @Test
    void itIsDialledByAllOnceItAnswers() {
        failAfter(Duration.ofSeconds(10));
        failAfter(Duration.ofSeconds(10));
        host.answered();
        assertThat(host.mayDial()).isTrue();
        assertThat(host.mayDial()).isTrue();
    }

    @Test
    void aTryThatWasGivenUpIsLeftToTheNext() {
        failAfter(Duration.ofSeconds(10));
        failAfter(Duration.ofSeconds(10));
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(host.mayDial()).isTrue();
        host.timedOut();
        assertThat(host.mayDial()).isTrue();
    }

    private void failAfter(Duration time) {
        long dialledAt = now.get();
        now.addAndGet(time.toNanos());
        host.failed(dialledAt);
    }
}
