package io.gerve.config;

import io.gerve.sql.Truststore;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * Settings of the {@code [redis]} section.
 *
 * @param url {@code redis://[user:password@]host:port[/database]}, or {@code rediss://} for TLS
 * @param timeout maximum time of one call to Redis, including the connect; 10 ms to 10 min
 * @param truststore certificates by which the server of a {@code rediss://} URL is verified
 */
public record RedisSettings(URI url, Duration timeout, Truststore truststore) {
    public RedisSettings {
        if (!List.of("redis", "rediss").contains(String.valueOf(url.getScheme())) || url.getHost() == null) {
            throw new IllegalArgumentException("redis.url must look like redis://host:6379");
        }
        SettingRange.atMost("redis.timeout", timeout, Duration.ofMinutes(10));
        SettingRange.atLeast("redis.timeout", timeout, Duration.ofMillis(10));
    }

    /** Creates settings with the truststore of Java. */
    public RedisSettings(URI url, Duration timeout) {
        this(url, timeout, new Truststore.OfJava());
    }

    /** Returns the URL without user and password. */
    @Override
    public String toString() {
        return url.getScheme() + "://" + url.getHost() + ":" + url.getPort();
    }
}
