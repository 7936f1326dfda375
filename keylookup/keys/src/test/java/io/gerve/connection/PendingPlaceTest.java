package io.gerve.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class PendingPlaceTest {
    private final PendingConnections<String> connections = new PendingConnections<>(10, 10, 100);
    private final AtomicBoolean isPending = new AtomicBoolean(true);
    private final AtomicBoolean isClosed = new AtomicBoolean();
    private final PendingPlace<String> place =
            new PendingPlace<>(isPending::get, () -> connections.add("tom", () -> isClosed.set(true)));

    @Test
    void connectionHasAPlaceWhileItWaitsForItsClient() {
        place.update();
        assertThat(connections.number()).isEqualTo(1);
        isPending.set(false);
        place.update();
        assertThat(connections.number()).isZero();
    }

    /** The attack: connections that run no command and keep the gate from freeing what they have sent. */
    @Test
    void connectionThatHoldsTooMuchIsClosedUnlessItIsBusy() {
        place.buffered(101);
        assertThat(isClosed).isFalse();
        place.update();
        place.buffered(100);
        assertThat(isClosed).isFalse();
        place.buffered(101);
        assertThat(isClosed).isTrue();
    }
}
