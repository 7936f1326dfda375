package io.gerve.keyservice.http;

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
public final class RateLimiter {
    private static final int CALLERS_MAX = 100_000;
    private static final Duration WINDOW = Duration.ofHours(1);

    private final KeylookupSettings.Limits settings;
    private final InstantSource clock;
    private final Cache<String, Window> windows;

    public RateLimiter(KeylookupSettings.Limits limits, InstantSource clock) {
        this.settings = limits;
        this.clock = clock;
        this.windows = Caffeine.newBuilder()
                .maximumSize(CALLERS_MAX)
                .expireAfterWrite(WINDOW)
                .executor(Runnable::run)
                .build();
    }

    /** @param end when the caller may ask as often again */
    private record Window(Instant end, int used) {}

    /**
     * What one caller may ask.
     *
     * @param bucket by which callers are told apart
     */
    public record Limit(String bucket, int perHour) {}

    /** How a caller stands, its latest request counted. */
    public record Usage(int limit, int used, Instant end) {
        public boolean isExceeded() {
            return used > limit;
        }

        public int remaining() {
            return Math.max(0, limit - used);
        }

        /** GitHub's headers. */
        public Map<String, String> headers() {
            return Map.of(
                    "X-RateLimit-Limit", Integer.toString(limit),
                    "X-RateLimit-Remaining", Integer.toString(remaining()),
                    "X-RateLimit-Used", Integer.toString(Math.min(used, limit)),
                    "X-RateLimit-Reset", Long.toString(end.getEpochSecond()),
                    "X-RateLimit-Resource", "core");
        }
    }

    /** @param network of whom nothing else is known, as {@link ClientAddressResolver#network} gives it */
    public Limit ofAddress(String network) {
        return new Limit("address " + network, settings.anonymousRequestsPerHour());
    }

    /** By account, so that a person with many tokens has no more than others. */
    public Limit ofAccount(long id) {
        return new Limit("account " + id, settings.requestsPerHour());
    }

    /** Attempts to sign in that fail. */
    public Limit ofSignIns(String network) {
        return new Limit("sign-ins from " + network, settings.failedSignInsPerHour());
    }

    /** Counts one request more. */
    public Usage count(Limit share) {
        return change(share, 1);
    }

    /** Takes one back. */
    public Usage uncount(Limit share) {
        return change(share, -1);
    }

    private Usage change(Limit share, int by) {
        Instant now = clock.instant();
        Window window = windows.asMap().compute(share.bucket(), (_, before) -> {
            boolean isOver = before == null || !before.end().isAfter(now);
            int used = isOver ? Math.max(0, by) : Math.clamp((long) before.used() + by, 0, Integer.MAX_VALUE);
            return new Window(isOver ? now.plus(WINDOW) : before.end(), used);
        });
        return new Usage(share.perHour(), window.used(), window.end());
    }
}
