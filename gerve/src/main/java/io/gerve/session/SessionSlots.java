package io.gerve.session;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Limit of concurrent git commands, in total and per principal. Further commands are refused at once: a queue would
 * only hide the overload. Safe for use by many threads.
 */
public final class SessionSlots {
    /**
     * Memory per session, measured with clients that do not read: windows and buffers on both sides (RATIONALE.md,
     * "What a session may cost").
     */
    private static final long SESSION_BYTES = 320L * 1024;

    private static final long OTHER_BYTES = 64L * 1024 * 1024;

    private static final int READ_AHEAD_SHARE = 8;
    private static final int READ_AHEAD_MAX = 1 << 30;

    private final Semaphore free;
    private final int perPrincipalMax;
    private final Map<String, Integer> taken = new ConcurrentHashMap<>();

    public SessionSlots(int max, int perPrincipalMax) {
        this.free = new Semaphore(max);
        this.perPrincipalMax = perPrincipalMax;
    }

    /** Returns the number of sessions that fit into a heap of the given size in the worst case, at least 1. */
    public static int fitting(long heapBytes) {
        return Math.clamp((heapBytes - OTHER_BYTES - readAheadBytes(heapBytes)) / SESSION_BYTES, 1, Integer.MAX_VALUE);
    }

    /**
     * Returns how much of the heap all sessions together may use for data that clients send faster than it is read.
     */
    public static int readAheadBytes(long heapBytes) {
        return (int) Math.min(heapBytes / READ_AHEAD_SHARE, READ_AHEAD_MAX);
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
