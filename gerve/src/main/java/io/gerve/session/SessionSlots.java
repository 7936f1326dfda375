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
 * only hide the overload. A principal may take another slot only if that leaves three times as many free as it has
 * then. So one takes a quarter of all slots at most, and a few together cannot take all. Safe for use by many threads.
 */
public final class SessionSlots {
    private static final int FREE_FOR_EACH_TAKEN = 3;

    private final int max;
    private final Semaphore free;
    private final int perPrincipalMax;
    private final Map<String, Integer> taken = new ConcurrentHashMap<>();

    /** @param perPrincipalMax limit of one principal, however many slots are free; each may always have one command */
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

        /** @param taken slots of the principal, which are as many as it may have now */
        record PrincipalAtLimit(int taken) implements Refused {
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
        return tryTake(principal(key));
    }

    private static String principal(RegisteredKey key) {
        return switch (key.principal()) {
            case Principal.OfAccount(var account) -> account.login().lowerCase();
            case Principal.OfDeployKey _ -> key.fingerprint().text();
        };
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
        int limit = Math.clamp(free.availablePermits() / FREE_FOR_EACH_TAKEN, 1, perPrincipalMax);
        if (count > limit) {
            slot.close();
            return new Attempt.PrincipalAtLimit(count - 1);
        }
        return new Attempt.Taken(slot);
    }
}
