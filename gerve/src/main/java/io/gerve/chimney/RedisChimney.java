package io.gerve.chimney;

import com.github.benmanes.caffeine.cache.Ticker;
import io.gerve.keylookup.key.Login;
import io.gerve.lookup.Change;
import io.gerve.lookup.Changes;
import io.gerve.lookup.LookupUnavailable;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Redis, and the database behind it when Redis does not know, is away, is out of step, or holds what cannot be believed: an empty
 * Redis never means that there is no route. What was found behind is put in Redis.
 *
 * <p>Redis is believed at a generation that the database confirmed since the gate last connected to Redis: a Redis that comes back with
 * what it held before a fail-over must not have pushes sent to the old host. Safe for use by many threads.
 */
public final class RedisChimney implements Chimney {
    /** A frozen Redis costs each question its whole timeout. After one that failed, the others go past it for so long. */
    private static final Duration PAST_REDIS = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(RedisChimney.class);

    private final RedisRoutes routes;
    private final RouteSource behind;
    private final Changes changes;
    private final Ticker ticker;
    private final StaleRedis stale;
    private volatile long askAgainAt;
    private volatile Optional<String> confirmed = Optional.empty();

    public RedisChimney(RedisRoutes routes, MysqlChimney behind, Changes changes) {
        this(routes, behind, changes, Ticker.systemTicker());
    }

    RedisChimney(RedisRoutes routes, RouteSource behind, Changes changes, Ticker ticker) {
        this.routes = routes;
        this.behind = behind;
        this.changes = changes;
        this.ticker = ticker;
        this.stale = new StaleRedis(routes, behind, ticker);
        this.askAgainAt = ticker.read();
        changes.listen(this::hear);
    }

    @Override
    public Optional<Route> routeTo(Login owner) throws LookupUnavailable {
        Optional<RedisRoutes.Read> read = read(owner);
        Optional<Route> known = read.filter(this::isConfirmed).flatMap(RedisRoutes.Read::route);
        return known.isPresent() ? known : routeBehind(owner, read);
    }

    private Optional<Route> routeBehind(Login owner, Optional<RedisRoutes.Read> read) throws LookupUnavailable {
        RouteSource.Found found = behind.find(owner);
        if (read.isPresent()) {
            compare(owner, read.get(), found);
        }
        return found.route();
    }

    private void compare(Login owner, RedisRoutes.Read read, RouteSource.Found found) {
        if (read.generation().equals(found.generation())) {
            confirmed = Optional.of(found.generation());
            found.route().ifPresent(route -> routes.refill(owner, route, found.generation()));
        } else {
            stale.notice(read.generation(), found.generation());
        }
    }

    /** A Redis that started anew is noticed when changes are not heard any more. */
    private boolean isConfirmed(RedisRoutes.Read read) {
        return changes.isHearing()
                && confirmed.filter(read.generation()::equals).isPresent();
    }

    private void hear(Change change) {
        if (change.kind() == Change.Kind.SITE) {
            confirmed = Optional.empty();
        }
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
