package io.gerve.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.session.SessionSlots.Attempt;
import org.junit.jupiter.api.Test;

class SessionSlotsTest {
    private final SessionSlots slots = new SessionSlots(3, 2);

    @Test
    void noHolderGetsMoreThanItsShare() {
        slots.tryTake("tom");
        var second = (Attempt.Taken) slots.tryTake("tom");

        assertThat(slots.tryTake("tom")).isEqualTo(new Attempt.HolderHasAll(2));
        second.slot().close();
        assertThat(slots.tryTake("tom")).isInstanceOf(Attempt.Taken.class);
    }

    @Test
    void allTogetherGetNoMoreThanThereAre() {
        slots.tryTake("tom");
        slots.tryTake("tom");
        slots.tryTake("pj");

        assertThat(slots.tryTake("mojombo")).isEqualTo(new Attempt.NoneFree());
    }

    @Test
    void whoIsTurnedAwayTakesNothing() {
        slots.tryTake("tom");
        slots.tryTake("tom");
        slots.tryTake("tom");

        assertThat(slots.tryTake("pj")).isInstanceOf(Attempt.Taken.class);
    }
}
