package io.gerve.keyservice.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gerve.config.IpNetwork;
import io.gerve.config.KeylookupSettings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Rate limiter with a fixed window of one hour, which begins with a caller's first request. Memory is bounded: beyond
 * 100,000 callers, the counts of the least active ones are dropped. Each instance counts for itself. Safe for use by
 * many threads.
 */
public final class RateLimiter {
    /** Bucket of an IPv6 client, with the three groups of its /48 first. */
    private static final Pattern CLIENT_NETWORK = Pattern.compile("(.* [0-9a-f]+:[0-9a-f]+:[0-9a-f]+):[0-9a-f]+::/64");

    private static final int CALLERS_MAX = 100_000;
    private static final Duration WINDOW = Duration.ofHours(1);

    private final KeylookupSettings.Limits settings;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final Cache<String, Window> windows;

    /**
     * @param clock time that callers are told
     * @param nanoTime clock that measures the window, such as {@link System#nanoTime}
     */
    public RateLimiter(KeylookupSettings.Limits limits, InstantSource clock, LongSupplier nanoTime) {
        this.settings = limits;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.windows = Caffeine.newBuilder()
                .maximumSize(CALLERS_MAX)
                .expireAfterWrite(WINDOW)
                .ticker(nanoTime::getAsLong)
                .executor(Runnable::run)
                .build();
    }

    /** @param end reading of the monotonic clock at which a new window begins */
    private record Window(long end, int used) {}

    /**
     * Rate limit of one caller.
     *
     * @param bucket identifies the caller
     */
    public record Limit(String bucket, int perHour) {}

    /** Usage of a rate limit, including the latest request. */
    public record Usage(int limit, int used, Instant end) {
        public boolean isExceeded() {
            return used > limit;
        }

        public int remaining() {
            return Math.max(0, limit - used);
        }

        /** Returns the usage as GitHub's headers. */
        public Map<String, String> headers() {
            return Map.of(
                    "X-RateLimit-Limit", Integer.toString(limit),
                    "X-RateLimit-Remaining", Integer.toString(remaining()),
                    "X-RateLimit-Used", Integer.toString(Math.min(used, limit)),
                    "X-RateLimit-Reset", Long.toString(end.getEpochSecond()),
                    "X-RateLimit-Resource", "core");
        }
    }

    /**
     * Returns the limit for requests without a valid token.
     *
     * @param network as returned by {@link ClientAddressResolver#network}
     */
    public Limit ofAddress(String network) {
        return new Limit("address " + network, settings.anonymousRequestsPerHour());
    }

    /** Returns the limit of an account, which all of its tokens share. */
    public Limit ofAccount(long id) {
        return new Limit("account " + id, settings.requestsPerHour());
    }

    /** Returns the limit for pages without a sign-in. Requests to the API do not use it up. */
    public Limit ofPagesFor(String network) {
        return new Limit("pages for " + network, settings.anonymousRequestsPerHour());
    }

    /** Returns the limit for the pages of an account. A program with a token of the account does not use it up. */
    public Limit ofPagesOf(long accountId) {
        return new Limit("pages of account " + accountId, settings.requestsPerHour());
    }

    /** Returns the limit for failed sign-ins from an address. */
    public Limit ofSignIns(String network) {
        return new Limit("sign-ins from " + network, settings.failedSignInsPerHour());
    }

    /** Counts one request. */
    public Usage count(Limit limit) {
        return add(limit, 1);
    }

    /** Returns the usage without counting a request. */
    public Usage usage(Limit limit) {
        return add(limit, 0);
    }

    /**
     * Counts a request that does not use up the limit.
     *
     * @return false if there were more such requests in this hour than the limit allows
     */
    public boolean countAside(Limit limit) {
        return !count(new Limit("uncounted requests of " + limit.bucket(), limit.perHour()))
                .isExceeded();
    }

    /** Takes the count of one request back. */
    public Usage uncount(Limit limit) {
        return add(limit, -1);
    }

    /** Takes the count of one request back, at most as often in an hour as the limit allows requests. */
    public Usage uncountAtMost(Limit limit) {
        return add(limit, countAside(limit) ? -1 : 0);
    }

    /** An IPv6 /48, which one customer may have, has the limit of four clients beside that of each /64. */
    private Usage add(Limit limit, int by) {
        Usage usage = addTo(limit, by);
        Matcher network = CLIENT_NETWORK.matcher(limit.bucket());
        if (!network.matches()) {
            return usage;
        }
        Usage ofSite =
                addTo(new Limit(network.group(1) + "::/48", IpNetwork.CLIENTS_OF_SITE_MAX * limit.perHour()), by);
        return ofSite.isExceeded() && !usage.isExceeded()
                ? new Usage(limit.perHour(), limit.perHour() + 1, ofSite.end())
                : usage;
    }

    private Usage addTo(Limit limit, int by) {
        long now = nanoTime.getAsLong();
        Window window = windows.asMap().compute(limit.bucket(), (_, before) -> {
            boolean isOver = before == null || before.end() - now <= 0;
            int used = isOver ? Math.max(0, by) : Math.clamp((long) before.used() + by, 0, Integer.MAX_VALUE);
            return new Window(isOver ? now + WINDOW.toNanos() : before.end(), used);
        });
        return new Usage(limit.perHour(), window.used(), clock.instant().plusNanos(window.end() - now));
    }
}
