package io.gerve.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.keylookup.key.Fingerprint;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.ssh.transport.FairQueue;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OfferedKeysTest {
    private static final Fingerprint KEY = Fingerprint.ofBlob(new byte[] {1});

    private static final FairQueue.Rate RATE = new FairQueue.Rate(3, Duration.ofMillis(20));

    private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 5);
    private final RegisteredKeys keys = new RegisteredKeys();

    /** The attack: to have the database asked for keys without end, at no cost. */
    @Test
    void clientBeyondItsRateIsAnsweredWithoutLookUp() {
        var offered = new OfferedKeys(keys, false, RATE, nanoTime::get);
        for (int i = 0; i < 3; i++) {
            assertThat(offered.maySign(KEY, "a client")).isFalse();
        }
        assertThat(offered.maySign(KEY, "a client")).isTrue();
        assertThat(offered.maySign(KEY, "a client")).isTrue();
        assertThat(keys.lookups()).hasSize(3);
        assertThat(offered.maySign(KEY, "another client")).isFalse();

        nanoTime.addAndGet(Duration.ofMillis(40).toNanos());
        assertThat(offered.maySign(KEY, "a client")).isFalse();
        assertThat(offered.maySign(KEY, "a client")).isFalse();
        assertThat(offered.maySign(KEY, "a client")).isTrue();
    }

    /** Refused here, the client would log in with its next key, as somebody else. */
    @Test
    void clientMaySignWhenTheLookUpFails() {
        var offered = new OfferedKeys(
                _ -> {
                    throw new LookupUnavailable("the directory does not respond");
                },
                false,
                RATE,
                nanoTime::get);
        assertThat(offered.maySign(KEY, "a client")).isTrue();
    }
}
