package io.gerve.keyservice.http;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Shares of the callers in the concurrent requests. One caller may have a quarter of them, so that its slow requests do
 * not keep out everybody else. Safe for use by many threads.
 */
final class CallerShares {
    private static final int PARTS = 4;
    private static final int SHARE_MIN = 2;

    private final int share;
    /** Callers with running requests, and how many each has. */
    private final Map<String, Integer> running = new ConcurrentHashMap<>();

    /** @param requestsMax concurrent requests of all callers */
    CallerShares(int requestsMax) {
        this.share = Math.max(SHARE_MIN, requestsMax / PARTS);
    }

    /** Takes a place for a request. Returns false, and takes none, if the caller has its share already. */
    boolean take(String caller) {
        boolean[] isTaken = new boolean[1];
        running.compute(caller, (_, before) -> {
            int count = before == null ? 0 : before;
            isTaken[0] = count < share;
            return isTaken[0] ? Integer.valueOf(count + 1) : before;
        });
        return isTaken[0];
    }

    /** Returns a place that was taken. */
    void release(String caller) {
        running.computeIfPresent(caller, (_, count) -> count == 1 ? null : count - 1);
    }
}
