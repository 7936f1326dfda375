package io.gerve.session;

import io.gerve.keylookup.directory.Principal;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.request.AuthorizationResult;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Limit of concurrent git commands, in total and per principal. Further commands are refused at once: a queue would
 * only hide the overload. An owner may take another slot only if that leaves three times as many free as it has then,
 * or if it has none. So one takes a quarter of all slots at most, and a few together cannot take all. Safe for use by
 * many threads.
 */
public final class SessionSlots {
    private static final int FREE_FOR_EACH_TAKEN = 3;

    private final int max;
    private final Semaphore free;
    private final int perPrincipalMax;
    private final Map<String, Integer> takenByOwner = new ConcurrentHashMap<>();
    private final Map<String, Integer> takenByPrincipal = new ConcurrentHashMap<>();

    /** @param perPrincipalMax limit of one principal, however many slots are free */
    public SessionSlots(int max, int perPrincipalMax) {
        this.max = max;
        this.free = new Semaphore(max);
        this.perPrincipalMax = perPrincipalMax;
    }

    /** Registers the meters of the sessions, once. */
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("gerve.sessions", () -> max - free.availablePermits())
                .description("Commands that run")
                .register(registry);
        Gauge.builder("gerve.sessions.limit", () -> max)
                .description("Commands that can run at one time")
                .register(registry);
    }

    sealed interface Attempt {
        record Taken(Slot slot) implements Attempt {}

        sealed interface Refused extends Attempt {
            /** Returns the answer to the client. */
            AuthorizationResult.Answered answer(RegisteredKey key);
        }

        record NoneFree() implements Refused {
            @Override
            public AuthorizationResult.Answered answer(RegisteredKey key) {
                return AuthorizationResult.Answered.overloaded();
            }
        }

        /** @param taken slots of the owner or the principal, which are as many as it may have now */
        record LimitReached(int taken) implements Refused {
            @Override
            public AuthorizationResult.Answered answer(RegisteredKey key) {
                return AuthorizationResult.Answered.tooMany(key.principal(), taken);
            }
        }
    }

    interface Slot extends AutoCloseable {
        @Override
        void close();
    }

    Attempt tryTake(RegisteredKey key) {
        return switch (key.principal()) {
            case Principal.OfAccount _ -> tryTake(key.owner(), key.owner());
            case Principal.OfDeployKey _ ->
                tryTake(key.owner(), key.fingerprint().text());
        };
    }

    /**
     * @param owner login of the account or organization whose share is used
     * @param principal login of the account, or fingerprint of the deploy key
     */
    Attempt tryTake(String owner, String principal) {
        if (!free.tryAcquire()) {
            return new Attempt.NoneFree();
        }
        int ofOwner = takenByOwner.merge(owner, 1, Integer::sum);
        int ofPrincipal = takenByPrincipal.merge(principal, 1, Integer::sum);
        Slot slot = () -> {
            giveBack(takenByPrincipal, principal);
            giveBack(takenByOwner, owner);
            free.release();
        };
        int share = Math.max(1, free.availablePermits() / FREE_FOR_EACH_TAKEN);
        if (ofOwner > share || ofPrincipal > perPrincipalMax) {
            slot.close();
            return new Attempt.LimitReached(ofOwner > share ? ofOwner - 1 : ofPrincipal - 1);
        }
        return new Attempt.Taken(slot);
    }

    private static void giveBack(Map<String, Integer> taken, String name) {
        taken.computeIfPresent(name, (_, n) -> n == 1 ? null : n - 1);
    }
}
