package io.gerve.keylookup.api;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gerve.config.KeylookupSettings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;

/**
 * Counts requests by the hour, each caller's from its first one on. The memory is bounded: where there are more than a hundred thousand
 * callers, those who ask least begin anew. Each program counts for itself. Safe for use by many threads.
 */
final class RateLimits {
    private static final int CALLERS_MAX = 100_000;
    private static final Duration WINDOW = Duration.ofHours(1);

    private final KeylookupSettings.Limits limits;
    private final InstantSource clock;
    private final Cache<String, Window> windows;

    RateLimits(KeylookupSettings.Limits limits, InstantSource clock) {
        this.limits = limits;
        this.clock = clock;
        this.windows = Caffeine.newBuilder()
                .maximumSize(CALLERS_MAX)
                .expireAfterWrite(WINDOW)
                .executor(Runnable::run)
                .build();
    }

    /** @param end when the caller may ask as often again */
    private record Window(Instant end, int used) {}

    /** How a caller stands, its latest request counted. */
    record Allowance(int limit, int used, Instant end) {
        boolean isExceeded() {
            return used > limit;
        }

        int remaining() {
            return Math.max(0, limit - used);
        }

        /** GitHub's headers. */
        Map<String, String> headers() {
            return Map.of(
                    "X-RateLimit-Limit", Integer.toString(limit),
                    "X-RateLimit-Remaining", Integer.toString(remaining()),
                    "X-RateLimit-Used", Integer.toString(Math.min(used, limit)),
                    "X-RateLimit-Reset", Long.toString(end.getEpochSecond()),
                    "X-RateLimit-Resource", "core");
        }
    }

    /** Counts one request more. */
    Allowance count(Caller caller) {
        return change(caller, 1);
    }

    /** Takes one back: GitHub does not count what has not changed. */
    Allowance uncount(Caller caller) {
        return change(caller, -1);
    }

    private Allowance change(Caller caller, int by) {
        Instant now = clock.instant();
        Window window = windows.asMap().compute(caller.bucket(), (_, before) -> {
            boolean isOver = before == null || !before.end().isAfter(now);
            int used = isOver ? Math.max(0, by) : Math.clamp((long) before.used() + by, 0, Integer.MAX_VALUE);
            return new Window(isOver ? now.plus(WINDOW) : before.end(), used);
        });
        return new Allowance(limit(caller), window.used(), window.end());
    }

    private int limit(Caller caller) {
        return switch (caller) {
            case Caller.Anonymous _ -> limits.anonymousRequestsPerHour();
            case Caller.Person _ -> limits.requestsPerHour();
        };
    }
}
