package io.gerve.lookup;

/** What was found out, and what it is worth. */
public record CachedResult<T>(T value, Freshness freshness) {
    public static <T> CachedResult<T> fresh(T value) {
        return new CachedResult<>(value, Freshness.FRESH);
    }
}
