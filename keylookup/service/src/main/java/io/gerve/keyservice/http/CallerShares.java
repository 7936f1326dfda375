package io.gerve.keyservice.http;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Shares of callers in the concurrent requests, so that the requests of one do not keep out everybody else. Safe for use
 * by many threads.
 */
final class CallerShares {
    private final int share;
    /** Callers with running requests, and how many each has. */
    private final Map<String, Integer> running = new ConcurrentHashMap<>();

    /** @param share requests that one caller can have at one time */
    CallerShares(int share) {
        this.share = share;
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
