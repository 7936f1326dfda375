package io.gerve.keyservice.api;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gerve.keylookup.token.AccessToken;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Bounds how many wrong tokens are looked up for one address in an hour, so that nobody finds a token, or keeps the database busy, by
 * trying. A token that was good from that address within the last hour is looked up in any case: one broken program must not lock out
 * whoever shares its address. The memory is bounded. Safe for use by many threads.
 */
final class TokenGuessLimiter {
    private static final Duration WINDOW = Duration.ofHours(1);
    private static final int ENTRIES_MAX = 100_000;

    private final int wrongPerHour;
    private final Cache<String, AtomicInteger> wrong;
    private final Cache<String, Boolean> good;

    /** @param nanoTime tells ages, as {@link System#nanoTime} does */
    TokenGuessLimiter(int wrongPerHour, LongSupplier nanoTime) {
        this.wrongPerHour = wrongPerHour;
        this.wrong = entries(nanoTime).build();
        this.good = entries(nanoTime).build();
    }

    /** @param network as in {@link Caller.Anonymous} */
    boolean isAllowed(String network, AccessToken token) {
        AtomicInteger count = wrong.getIfPresent(network);
        return count == null || count.get() < wrongPerHour || good.getIfPresent(place(network, token)) != null;
    }

    void recordWrong(String network) {
        wrong.get(network, _ -> new AtomicInteger()).incrementAndGet();
    }

    void recordValid(String network, AccessToken token) {
        good.put(place(network, token), true);
    }

    private static Caffeine<Object, Object> entries(LongSupplier nanoTime) {
        return Caffeine.newBuilder()
                .maximumSize(ENTRIES_MAX)
                .expireAfterWrite(WINDOW)
                .ticker(nanoTime::getAsLong)
                .executor(Runnable::run);
    }

    /** Not by the token itself, which is a secret. */
    private static String place(String network, AccessToken token) {
        return network + ' ' + HexFormat.of().formatHex(token.sha256());
    }
}
