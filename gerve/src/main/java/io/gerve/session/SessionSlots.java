package io.gerve.session;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Bounds the git commands that run at one time, over all and for each holder of a key. The rest are turned away at once: a queue would
 * only hide the overload. Safe for use by many threads.
 */
public final class SessionSlots {
    /** Measured with clients that do not read: windows and buffers towards both sides (RATIONALE.md, "What a session may cost"). */
    private static final long SESSION_BYTES = 320L * 1024;

    private static final long OTHER_BYTES = 64L * 1024 * 1024;

    private static final int READ_AHEAD_SHARE = 8;
    private static final int READ_AHEAD_MAX = 1 << 30;

    private final Semaphore free;
    private final int perPrincipalMax;
    private final Map<String, Integer> taken = new ConcurrentHashMap<>();

    public SessionSlots(int max, int perHolderMax) {
        this.free = new Semaphore(max);
        this.perPrincipalMax = perHolderMax;
    }

    /** How many sessions a heap of that size holds at the worst, at least one. */
    public static int fitting(long heapBytes) {
        return Math.clamp((heapBytes - OTHER_BYTES - readAheadBytes(heapBytes)) / SESSION_BYTES, 1, Integer.MAX_VALUE);
    }

    /** How much of such a heap is for what clients send faster than it is read, over all sessions. */
    public static int readAheadBytes(long heapBytes) {
        return (int) Math.min(heapBytes / READ_AHEAD_SHARE, READ_AHEAD_MAX);
    }

    sealed interface Attempt {
        record Taken(Slot slot) implements Attempt {}

        record NoneFree() implements Attempt {}

        /** @param max how many the holder may have, all of which it has */
        record PrincipalAtLimit(int max) implements Attempt {}
    }

    interface Slot extends AutoCloseable {
        @Override
        void close();
    }

    /** @param holder an account's login or a deploy key's fingerprint */
    Attempt tryTake(String holder) {
        if (!free.tryAcquire()) {
            return new Attempt.NoneFree();
        }
        int mine = taken.merge(holder, 1, Integer::sum);
        Slot slot = () -> {
            taken.computeIfPresent(holder, (_, count) -> count == 1 ? null : count - 1);
            free.release();
        };
        if (mine > perPrincipalMax) {
            slot.close();
            return new Attempt.PrincipalAtLimit(perPrincipalMax);
        }
        return new Attempt.Taken(slot);
    }
}
