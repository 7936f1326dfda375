package io.gerve.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.session.SessionSlots.Attempt;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class SessionSlotsTest {
    private final SessionSlots slots = new SessionSlots(3, 2);

    @Test
    void principalAtItsLimitIsRefused() {
        slots.tryTake("tom");
        var second = (Attempt.Taken) slots.tryTake("tom");

        assertThat(slots.tryTake("tom")).isEqualTo(new Attempt.PrincipalAtLimit(2));
        second.slot().close();
        assertThat(slots.tryTake("tom")).isInstanceOf(Attempt.Taken.class);
    }

    @Test
    void totalLimitAppliesToAllPrincipals() {
        slots.tryTake("tom");
        slots.tryTake("tom");
        slots.tryTake("pj");

        assertThat(slots.tryTake("mojombo")).isEqualTo(new Attempt.NoneFree());
    }

    @Test
    void refusedAttemptTakesNoSlot() {
        slots.tryTake("tom");
        slots.tryTake("tom");
        slots.tryTake("tom");

        assertThat(slots.tryTake("pj")).isInstanceOf(Attempt.Taken.class);
    }

    @Test
    void runningSessionsAreMeasured() {
        var registry = new SimpleMeterRegistry();
        slots.bindTo(registry);
        var first = (Attempt.Taken) slots.tryTake("tom");
        slots.tryTake("tom");
        first.slot().close();
        assertThat(registry.get("gerve.sessions").gauge().value()).isEqualTo(1);
        assertThat(registry.get("gerve.sessions.limit").gauge().value()).isEqualTo(3);
    }
}
