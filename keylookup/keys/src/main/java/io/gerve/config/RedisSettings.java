package io.gerve.config;

import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * The file's {@code [redis]}.
 *
 * @param url {@code redis://[user:password@]host:port[/database]}, or {@code rediss://} for TLS
 * @param timeout how long one call to Redis may take, connecting included
 */
public record RedisSettings(URI url, Duration timeout) {
    public RedisSettings {
        if (!List.of("redis", "rediss").contains(String.valueOf(url.getScheme())) || url.getHost() == null) {
            throw new IllegalArgumentException("redis.url must look like redis://host:6379");
        }
        SettingRange.atMost("redis.timeout", timeout, Duration.ofMinutes(10));
        SettingRange.atLeast("redis.timeout", timeout, Duration.ofMillis(10));
    }

    /** Without the password. */
    @Override
    public String toString() {
        return url.getScheme() + "://" + url.getHost() + ":" + url.getPort();
    }
}
