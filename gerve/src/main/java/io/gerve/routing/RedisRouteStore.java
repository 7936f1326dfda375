package io.gerve.routing;

import io.gerve.config.RedisSettings;
import io.gerve.keylookup.directory.Login;
import io.gerve.logging.LoggedEvents;
import io.gerve.logging.TextEscaper;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.redis.RedisClients;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.resps.ScanResult;

/**
 * Copy of the routes in Redis: {@code gerve:route:<owner>} is the name of the file server that holds the owner's
 * repositories, and nothing more. The hosts of a file server are never read from Redis ({@link CachedFileServers}).
 *
 * <p>{@code gerve:generation} is the generation of the database when Redis was last in sync with it. A change
 * replaces the generation only if Redis holds the preceding one. Otherwise the change deletes the keys it affects, and
 * Redis stays out of sync. A reader that finds the present generation of the database may therefore trust the other
 * keys; a Redis that missed a change, or was restored with data from before one, is not trusted. A process that
 * resynchronizes Redis replaces the generation by a refill token until it is done.
 */
public final class RedisRouteStore implements AutoCloseable {
    static final String ROUTE = "gerve:route:";
    private static final String GENERATION = "gerve:generation";

    private static final String REFILL_TOKEN_PREFIX = "refill:";

    /** Lifetime of a refill token, renewed by each {@link #put} with it. */
    private static final Duration REFILL_TOKEN_TTL = Duration.ofSeconds(60);

    private static final Duration LOG_INTERVAL = Duration.ofSeconds(10);

    private static final int NAME_BYTES_MAX = 63;
    private static final int SCAN_BATCH = 1000;

    /** Time for all keys: a Redis with ten million takes a minute. One that is not Redis may pass keys without end. */
    private static final Duration SCAN_TIMEOUT = Duration.ofMinutes(10);

    /** Reads both values in one round trip. A value that is too long or of another type is not transferred. */
    private static final String READ = """
            local function read(key, max)
              local kind = redis.call('TYPE', key).ok
              if kind ~= 'string' then return kind, '' end
              if redis.call('STRLEN', key) > max then return 'huge', '' end
              return kind, redis.call('GET', key)
            end
            local _, generation = read(KEYS[1], 64)
            local kind, name = read(KEYS[2], tonumber(ARGV[1]))
            return {generation, kind, name}
            """;

    private static final String GENERATION_OF_REDIS = """
            local generation = ''
            if redis.call('TYPE', KEYS[1]).ok == 'string' then generation = redis.call('GET', KEYS[1]) end
            """;

    private static final String PUT = GENERATION_OF_REDIS + """
            if generation ~= ARGV[1] then return 0 end
            if redis.call('TTL', KEYS[1]) > 0 then redis.call('EXPIRE', KEYS[1], ARGV[2]) end
            for i = 2, #KEYS do redis.call('SET', KEYS[i], ARGV[i + 1]) end
            return 1
            """;

    /** An empty value deletes the key. */
    private static final String STEP = GENERATION_OF_REDIS + """
            local inSync = generation == ARGV[1]
            if inSync then redis.call('SET', KEYS[1], ARGV[2]) end
            for i = 2, #KEYS do
              local value = ARGV[i + 1]
              if inSync and value ~= '' then redis.call('SET', KEYS[i], value) else redis.call('DEL', KEYS[i]) end
            end
            return inSync and 1 or 0
            """;

    private static final String BEGIN = GENERATION_OF_REDIS + """
            if generation ~= ARGV[1] then return 0 end
            redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
            return 1
            """;

    private static final Logger LOG = LoggerFactory.getLogger(RedisRouteStore.class);

    private final RedisClient redis;
    private final LongSupplier nanoTime;
    private final LoggedEvents invalidValues = new LoggedEvents(LOG_INTERVAL);
    private final LongAdder calls = new LongAdder();
    private final LongAdder callNanos = new LongAdder();
    private final LongAdder failures = new LongAdder();

    /** Connects to Redis on first use. */
    public RedisRouteStore(RedisSettings settings) {
        this(RedisClients.client(settings));
    }

    RedisRouteStore(RedisClient redis) {
        this(redis, System::nanoTime);
    }

    RedisRouteStore(RedisClient redis, LongSupplier nanoTime) {
        this.redis = redis;
        this.nanoTime = nanoTime;
    }

    /** @param server empty if Redis has no route or an invalid one, so that MySQL must be queried */
    record CachedRoute(Optional<String> server, String generation) {}

    CachedRoute read(Login owner) throws LookupUnavailable {
        Object reply = call(
                "route of " + owner,
                () -> redis.eval(READ, List.of(GENERATION, routeKey(owner)), List.of(String.valueOf(NAME_BYTES_MAX))));
        if (!(reply instanceof List<?> parts) || parts.size() != 3) {
            throw new LookupUnavailable("route of " + owner + ": unexpected reply from Redis: "
                    + TextEscaper.excerpt(String.valueOf(reply)));
        }
        List<String> texts = parts.stream().map(String::valueOf).toList();
        Optional<String> server =
                value(routeKey(owner), texts.get(1), texts.get(2)).filter(name -> isServerName(routeKey(owner), name));
        return new CachedRoute(server, texts.get(0));
    }

    /** Returns the Redis entry of an owner. */
    static Map<String, String> ofOwner(Login owner, Optional<String> server) {
        return Map.of(routeKey(owner), server.orElse(""));
    }

    /** Writes a route that the database returned, unless the generation has changed. A failure is ignored. */
    void refill(Login owner, Route route, String generation) {
        try {
            put(generation, Map.of(routeKey(owner), route.server()));
        } catch (LookupUnavailable e) {
            LOG.atDebug().addKeyValue("owner", owner).log("Redis write of a route failed: {}", e.getMessage());
        }
    }

    /**
     * Writes the values if Redis is at the given generation.
     *
     * @param values non-empty values by key; at most some thousands
     * @return whether Redis was at the generation; if not, nothing was written
     */
    boolean put(String generation, Map<String, String> values) throws LookupUnavailable {
        return eval(PUT, List.of(generation, String.valueOf(REFILL_TOKEN_TTL.toSeconds())), values);
    }

    /**
     * Advances Redis to the next generation.
     *
     * @param values changed values by key; an empty value deletes the key
     * @return whether Redis was at {@code generation} and now holds the values; if not, the keys were deleted
     */
    boolean step(String generation, String next, Map<String, String> values) throws LookupUnavailable {
        return eval(STEP, List.of(generation, next), values);
    }

    /**
     * Begins a refill: replaces the generation by a refill token, so that no gate trusts Redis until {@link #step}
     * replaces the token by a generation. The token expires one minute after the last {@link #put} with it.
     *
     * @return the token, or empty if Redis is not at the given generation
     */
    Optional<String> begin(String generation) throws LookupUnavailable {
        String token = REFILL_TOKEN_PREFIX + UUID.randomUUID();
        boolean isBegun =
                eval(BEGIN, List.of(generation, token, String.valueOf(REFILL_TOKEN_TTL.toSeconds())), Map.of());
        return isBegun ? Optional.of(token) : Optional.empty();
    }

    static boolean isRefillToken(String generation) {
        return generation.startsWith(REFILL_TOKEN_PREFIX);
    }

    /** Returns the generation in Redis, empty if there is none or it is not a string. */
    String generation() throws LookupUnavailable {
        return String.valueOf(call(
                "generation of Redis",
                () -> redis.eval(GENERATION_OF_REDIS + "return generation", List.of(GENERATION), List.of())));
    }

    /** Deletes keys. A gate that reads a deleted key queries the database. */
    void remove(List<String> keys) throws LookupUnavailable {
        call("removing keys", () -> redis.unlink(keys.toArray(String[]::new)));
    }

    /**
     * Passes all keys with the prefix to the reader, in batches. A key that is written meanwhile may be missing or be
     * passed twice.
     *
     * @throws LookupUnavailable also if the keys have no end after ten minutes
     */
    void scan(String prefix, SnapshotReader<List<String>> batch) throws LookupUnavailable {
        var params = new ScanParams().match(prefix + "*").count(SCAN_BATCH);
        String cursor = ScanParams.SCAN_POINTER_START;
        long began = nanoTime.getAsLong();
        do {
            if (nanoTime.getAsLong() - began > SCAN_TIMEOUT.toNanos()) {
                throw new LookupUnavailable("keys of Redis: not all were listed within " + SCAN_TIMEOUT);
            }
            String from = cursor;
            ScanResult<String> found = call("keys of Redis", () -> redis.scan(from, params));
            if (!found.getResult().isEmpty()) {
                batch.read(found.getResult());
            }
            cursor = found.getCursor();
        } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
    }

    private boolean eval(String script, List<String> arguments, Map<String, String> values) throws LookupUnavailable {
        var keys = new ArrayList<>(List.of(GENERATION));
        var texts = new ArrayList<>(arguments);
        values.forEach((key, value) -> {
            keys.add(key);
            texts.add(value);
        });
        return Long.valueOf(1).equals(call("writing routes", () -> redis.eval(script, keys, texts)));
    }

    static String routeKey(Login owner) {
        return ROUTE + owner.lowerCase();
    }

    private Optional<String> value(String key, String kind, String text) {
        if (!kind.equals("string") && !kind.equals("none")) {
            logInvalidValue(key, "type " + TextEscaper.excerpt(kind));
        }
        return kind.equals("string") ? Optional.of(text) : Optional.empty();
    }

    private boolean isServerName(String key, String text) {
        if (!Route.isName(text)) {
            logInvalidValue(key, "not a file server name");
        }
        return Route.isName(text);
    }

    private void logInvalidValue(String key, String what) {
        long times = invalidValues.count();
        if (times > 0) {
            LOG.atError()
                    .addKeyValue("key", key)
                    .addKeyValue("times", times)
                    .log("Invalid value in Redis ignored: {}", what);
        }
    }

    private <T> T call(String what, Supplier<T> operation) throws LookupUnavailable {
        long start = System.nanoTime();
        try {
            return operation.get();
        } catch (RuntimeException e) {
            failures.increment();
            // Jedis throws exceptions other than its own if the server at that address is not Redis.
            throw new LookupUnavailable(what, e);
        } finally {
            calls.increment();
            callNanos.add(System.nanoTime() - start);
        }
    }

    /** Registers the meters of the calls, once. */
    void bindTo(MeterRegistry registry) {
        FunctionTimer.builder("gerve.redis.calls", calls, LongAdder::sum, _ -> callNanos.sum(), TimeUnit.NANOSECONDS)
                .description("Calls of Redis for routes")
                .register(registry);
        FunctionCounter.builder("gerve.redis.failures", failures, LongAdder::sum)
                .description("Calls of Redis for routes that failed")
                .register(registry);
    }

    /**
     * Drops pooled connections after a failure. Connections that were idle when Redis stopped would each fail once more
     * after its restart.
     */
    void dropConnections() {
        redis.getPool().clear();
    }

    @Override
    public void close() {
        redis.close();
    }
}
