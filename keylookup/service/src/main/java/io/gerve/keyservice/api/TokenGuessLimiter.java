package io.gerve.keyservice.api;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gerve.keylookup.token.AccessToken;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Limit on invalid tokens that are looked up for one address within an hour. It stops a client from guessing tokens or
 * loading the database. A token that was valid from the same address within the last hour is always looked up, so that
 * one broken program does not lock out the others at its address. Memory is bounded. Safe for use by many threads.
 */
final class TokenGuessLimiter {
    private static final Duration WINDOW = Duration.ofHours(1);
    private static final int ENTRIES_MAX = 100_000;

    private final int wrongPerHour;
    private final Cache<String, AtomicInteger> wrong;
    private final Cache<String, Boolean> valid;

    /** @param nanoTime a clock such as {@link System#nanoTime} */
    TokenGuessLimiter(int wrongPerHour, LongSupplier nanoTime) {
        this.wrongPerHour = wrongPerHour;
        this.wrong = entries(nanoTime).build();
        this.valid = entries(nanoTime).build();
    }

    /**
     * Returns whether the token may be looked up.
     *
     * @param network as in {@link Caller.Anonymous}
     */
    boolean isAllowed(String network, AccessToken token) {
        AtomicInteger count = wrong.getIfPresent(network);
        return count == null || count.get() < wrongPerHour || valid.getIfPresent(cacheKey(network, token)) != null;
    }

    void recordWrong(String network) {
        wrong.get(network, _ -> new AtomicInteger()).incrementAndGet();
    }

    void recordValid(String network, AccessToken token) {
        valid.put(cacheKey(network, token), true);
    }

    private static Caffeine<Object, Object> entries(LongSupplier nanoTime) {
        return Caffeine.newBuilder()
                .maximumSize(ENTRIES_MAX)
                .expireAfterWrite(WINDOW)
                .ticker(nanoTime::getAsLong)
                .executor(Runnable::run);
    }

    /** Returns a key made from the token's hash: the token itself is a secret and must not stay in memory. */
    private static String cacheKey(String network, AccessToken token) {
        return network + ' ' + HexFormat.of().formatHex(token.sha256());
    }
}
