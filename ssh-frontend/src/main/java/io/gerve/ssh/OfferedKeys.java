package io.gerve.ssh;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gerve.keylookup.directory.KeyDirectory;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.ssh.transport.FairQueue;
import java.util.function.LongSupplier;

/**
 * Decision whether a client may sign with a key that it only offers. An offer costs the client nothing, so its look-ups
 * have a rate for each client. Memory is bounded: the clients that have offered least lately are forgotten. Safe for use
 * by many threads.
 */
final class OfferedKeys {
    private static final int CLIENTS_MAX = 100_000;

    private final KeyDirectory keys;
    private final boolean hidesRegisteredKeys;
    private final FairQueue.Rate rate;
    private final LongSupplier nanoTime;
    private final Cache<Object, Budget> budgets;

    /**
     * @param hidesRegisteredKeys whether clients may sign with every key, so that nobody learns which are registered
     * @param rate rate of one client's look-ups
     * @param nanoTime monotonic clock, such as {@link System#nanoTime}
     */
    OfferedKeys(KeyDirectory keys, boolean hidesRegisteredKeys, FairQueue.Rate rate, LongSupplier nanoTime) {
        this.keys = keys;
        this.hidesRegisteredKeys = hidesRegisteredKeys;
        this.rate = rate;
        this.nanoTime = nanoTime;
        this.budgets = Caffeine.newBuilder()
                .maximumSize(CLIENTS_MAX)
                .expireAfterAccess(rate.interval().multipliedBy(rate.burst()))
                .ticker(nanoTime::getAsLong)
                .executor(Runnable::run)
                .build();
    }

    /**
     * Returns false only if the directory has answered that the key is not registered. When a look-up fails or is not
     * made, the client may sign: otherwise it would go on to another key and log in as somebody else.
     *
     * @param client the client whose rate the look-up counts towards
     */
    boolean maySign(Fingerprint key, Object client) {
        if (hidesRegisteredKeys || !tryLookUp(client)) {
            return true;
        }
        try {
            return keys.find(key).value().isPresent();
        } catch (LookupUnavailable e) {
            return true;
        }
    }

    private boolean tryLookUp(Object client) {
        long now = nanoTime.getAsLong();
        return budgets.get(client, _ -> new Budget(now)).tryTake(now);
    }

    /** Look-ups of one client. */
    private final class Budget {
        /** The time at which all look-ups are paid for, at one interval each. */
        private long paidUntil;

        Budget(long now) {
            this.paidUntil = now;
        }

        synchronized boolean tryTake(long now) {
            long interval = rate.interval().toNanos();
            long next = (paidUntil - now < 0 ? now : paidUntil) + interval;
            boolean isDue = next - now <= interval * rate.burst();
            if (isDue) {
                paidUntil = next;
            }
            return isDue;
        }
    }
}
