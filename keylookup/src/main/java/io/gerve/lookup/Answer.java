package io.gerve.lookup;

/** What was found out, and what it is worth. */
public record Answer<T>(T value, Freshness freshness) {
    public static <T> Answer<T> current(T value) {
        return new Answer<>(value, Freshness.CURRENT);
    }
}
