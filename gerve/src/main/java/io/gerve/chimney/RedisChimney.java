package io.gerve.chimney;

import com.github.benmanes.caffeine.cache.Ticker;
import io.gerve.keylookup.key.Login;
import io.gerve.lookup.LookupUnavailable;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Redis, and the chimney behind it when Redis does not know, is away, or holds what cannot be believed: an empty Redis never
 * means that there is no route. What was found behind is put in Redis.
 */
public final class RedisChimney implements Chimney {
    /** A frozen Redis costs each question its whole timeout. After one that failed, the others go past it for so long. */
    private static final Duration PAST_REDIS = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(RedisChimney.class);

    private final RedisRoutes routes;
    private final Chimney behind;
    private final Ticker ticker;
    private volatile long askAgainAt;

    public RedisChimney(RedisRoutes routes, Chimney behind) {
        this(routes, behind, Ticker.systemTicker());
    }

    RedisChimney(RedisRoutes routes, Chimney behind, Ticker ticker) {
        this.routes = routes;
        this.behind = behind;
        this.ticker = ticker;
        this.askAgainAt = ticker.read();
    }

    @Override
    public Optional<Route> routeTo(Login owner) throws LookupUnavailable {
        Optional<RedisRoutes.Read> read = read(owner);
        Optional<Route> known = read.flatMap(RedisRoutes.Read::route);
        if (known.isPresent()) {
            return known;
        }
        Optional<Route> found = behind.routeTo(owner);
        if (read.isPresent() && found.isPresent()) {
            routes.refill(owner, found.get(), read.get().generation());
        }
        return found;
    }

    /** @return empty if Redis cannot be asked */
    private Optional<RedisRoutes.Read> read(Login owner) {
        if (ticker.read() - askAgainAt < 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(routes.read(owner));
        } catch (LookupUnavailable e) {
            askAgainAt = ticker.read() + PAST_REDIS.toNanos();
            routes.dropConnections();
            LOG.atWarn().addKeyValue("cause", e.getCause()).log("Redis does not answer; routes come from the database");
            return Optional.empty();
        }
    }
}
