package io.gerve.session;

import io.gerve.keylookup.directory.Principal;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.request.AuthorizationResult;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Map;

/**
 * Limit of concurrent git commands, in total and per principal. Further commands are refused at once: a queue would
 * only hide the overload. An owner may take another slot only if that leaves three times as many free as it has then,
 * or if it has none. So one takes a quarter of all slots at most, and a few together cannot take all. Safe for use by
 * many threads.
 */
public final class SessionSlots {
    private static final int FREE_FOR_EACH_TAKEN = 3;

    private final int max;
    private final int perPrincipalMax;
    private final Map<String, Integer> takenByOwner = new HashMap<>();
    private final Map<String, Integer> takenByPrincipal = new HashMap<>();
    private int taken;

    /** @param perPrincipalMax limit of one principal, however many slots are free */
    public SessionSlots(int max, int perPrincipalMax) {
        this.max = max;
        this.perPrincipalMax = perPrincipalMax;
    }

    /** Registers the meters of the sessions, once. */
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("gerve.sessions", this::taken)
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
    synchronized Attempt tryTake(String owner, String principal) {
        if (taken == max) {
            return new Attempt.NoneFree();
        }
        int ofOwner = takenByOwner.getOrDefault(owner, 0);
        int ofPrincipal = takenByPrincipal.getOrDefault(principal, 0);
        int ownersShare = Math.max(1, (max - taken - 1) / FREE_FOR_EACH_TAKEN);
        if (ofOwner >= ownersShare || ofPrincipal >= perPrincipalMax) {
            return new Attempt.LimitReached(ofOwner >= ownersShare ? ofOwner : ofPrincipal);
        }
        taken++;
        takenByOwner.put(owner, ofOwner + 1);
        takenByPrincipal.put(principal, ofPrincipal + 1);
        return new Attempt.Taken(() -> giveBack(owner, principal));
    }

    private synchronized void giveBack(String owner, String principal) {
        taken--;
        giveBack(takenByPrincipal, principal);
        giveBack(takenByOwner, owner);
    }

    private synchronized int taken() {
        return taken;
    }

    private static void giveBack(Map<String, Integer> taken, String name) {
        taken.computeIfPresent(name, (_, n) -> n == 1 ? null : n - 1);
    }
}
