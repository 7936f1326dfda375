package io.gerve.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.session.SessionSlots.Attempt;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;

class SessionSlotsTest {
    private final SessionSlots slots = new SessionSlots(12, 2);

    @Test
    void principalAtItsLimitIsRefused() {
        slots.tryTake("tom", "tom");
        var second = (Attempt.Taken) slots.tryTake("tom", "tom");

        assertThat(slots.tryTake("tom", "tom")).isEqualTo(new Attempt.LimitReached(2));
        second.slot().close();
        assertThat(slots.tryTake("tom", "tom")).isInstanceOf(Attempt.Taken.class);
    }

    @Test
    void totalLimitAppliesToAllPrincipals() {
        var three = new SessionSlots(3, 2);
        three.tryTake("tom", "tom");
        three.tryTake("pj", "pj");
        three.tryTake("defunkt", "defunkt");

        assertThat(three.tryTake("mojombo", "mojombo")).isEqualTo(new Attempt.NoneFree());
    }

    /** The attack: with a small heap, six deploy keys took every slot. */
    @Test
    void fewPrincipalsCannotTakeAllSlots() {
        var smallHeap = new SessionSlots(358, 64);
        for (String key : List.of("a", "b", "c", "d", "e", "f")) {
            for (int i = 0; i < 100; i++) {
                smallHeap.tryTake(key, key);
            }
        }

        for (int i = 0; i < 10; i++) {
            assertThat(smallHeap.tryTake("honest", "honest")).isInstanceOf(Attempt.Taken.class);
        }
    }

    /** The attack: one account with as many deploy keys as it likes, each with a slow clone. */
    @Test
    void deployKeysOfOneOwnerShareAQuarterOfTheSlots() {
        var smallHeap = new SessionSlots(358, 64);
        for (int i = 0; i < 1000; i++) {
            smallHeap.tryTake("owner", "key " + i % 50);
        }

        for (int i = 0; i < 60; i++) {
            assertThat(smallHeap.tryTake("honest", "honest")).isInstanceOf(Attempt.Taken.class);
        }
    }

    @Test
    void onePrincipalTakesAQuarterOfTheSlotsAtMost() {
        var slots = new SessionSlots(40, 64);
        for (int i = 0; i < 10; i++) {
            assertThat(slots.tryTake("fleet", "fleet")).isInstanceOf(Attempt.Taken.class);
        }

        assertThat(slots.tryTake("fleet", "fleet")).isEqualTo(new Attempt.LimitReached(10));
        assertThat(slots.tryTake("tom", "tom")).isInstanceOf(Attempt.Taken.class);
    }

    @Test
    void refusedAttemptTakesNoSlot() {
        slots.tryTake("tom", "tom");
        slots.tryTake("tom", "tom");
        slots.tryTake("tom", "tom");

        assertThat(slots.tryTake("pj", "pj")).isInstanceOf(Attempt.Taken.class);
    }

    @Test
    void runningSessionsAreMeasured() {
        var registry = new SimpleMeterRegistry();
        slots.bindTo(registry);
        var first = (Attempt.Taken) slots.tryTake("tom", "tom");
        slots.tryTake("tom", "tom");
        first.slot().close();
        assertThat(registry.get("gerve.sessions").gauge().value()).isEqualTo(1);
        assertThat(registry.get("gerve.sessions.limit").gauge().value()).isEqualTo(12);
    }
}
