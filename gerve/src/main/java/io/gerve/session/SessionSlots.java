package io.gerve.session;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Limit of concurrent git commands, in total and per principal. Further commands are refused at once: a queue would
 * only hide the overload. Safe for use by many threads.
 */
public final class SessionSlots {
    private final Semaphore free;
    private final int perPrincipalMax;
    private final Map<String, Integer> taken = new ConcurrentHashMap<>();

    public SessionSlots(int max, int perPrincipalMax) {
        this.free = new Semaphore(max);
        this.perPrincipalMax = perPrincipalMax;
    }

    sealed interface Attempt {
        record Taken(Slot slot) implements Attempt {}

        record NoneFree() implements Attempt {}

        /** @param max limit of the principal */
        record PrincipalAtLimit(int max) implements Attempt {}
    }

    interface Slot extends AutoCloseable {
        @Override
        void close();
    }

    /** @param principal login of the account, or fingerprint of the deploy key */
    Attempt tryTake(String principal) {
        if (!free.tryAcquire()) {
            return new Attempt.NoneFree();
        }
        int count = taken.merge(principal, 1, Integer::sum);
        Slot slot = () -> {
            taken.computeIfPresent(principal, (_, n) -> n == 1 ? null : n - 1);
            free.release();
        };
        if (count > perPrincipalMax) {
            slot.close();
            return new Attempt.PrincipalAtLimit(perPrincipalMax);
        }
        return new Attempt.Taken(slot);
    }
}
