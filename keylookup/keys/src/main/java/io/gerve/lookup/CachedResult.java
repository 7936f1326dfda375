package io.gerve.lookup;

/** Result of a look-up with its freshness. */
public record CachedResult<T>(T value, Freshness freshness) {
    public static <T> CachedResult<T> fresh(T value) {
        return new CachedResult<>(value, Freshness.FRESH);
    }
}
