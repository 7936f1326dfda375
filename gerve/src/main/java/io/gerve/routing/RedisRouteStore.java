package io.gerve.routing;

import io.gerve.config.RedisSettings;
import io.gerve.keylookup.directory.Login;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.redis.RedisClients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.resps.ScanResult;

/**
 * The routes as Redis holds them: {@code chimney:route:<owner>} is a logical server's name, {@code chimney:server:<name>} a
 * {@link RedisServerValue}.
 *
 * <p>{@code chimney:generation} is the generation that the database had when Redis was last in step with it. A change goes from one
 * generation to the next only where the one before it is found; otherwise it takes out what it changed, and Redis stays out of step. So
 * whoever finds the database's own generation here may believe the rest, and a Redis that missed a change, or came back with what it held
 * before one, is not believed. Whoever brings it into step again writes a mark there meanwhile.
 */
public final class RedisRouteStore implements AutoCloseable {
    static final String ROUTE = "chimney:route:";
    static final String SERVER = "chimney:server:";
    private static final String GENERATION = "chimney:generation";

    private static final String MARK = "filling:";

    /** How long Redis is left to whoever marked it, after the last sign of life. */
    private static final Duration MARK_KEPT = Duration.ofSeconds(60);

    private static final int NAME_BYTES_MAX = 63;
    private static final int SCAN_BATCH = 1000;

    /** Both values in one round trip. No value crosses that is too long or of another type. */
    private static final String READ = """
            local function read(key, max)
              local kind = redis.call('TYPE', key).ok
              if kind ~= 'string' then return kind, '' end
              if redis.call('STRLEN', key) > max then return 'huge', '' end
              return kind, redis.call('GET', key)
            end
            local _, generation = read(KEYS[1], 64)
            local kind, name = read(KEYS[2], tonumber(ARGV[2]))
            if kind ~= 'string' then return {generation, kind, name, 'none', ''} end
            local serverKind, server = read(ARGV[1] .. name, tonumber(ARGV[3]))
            return {generation, kind, name, serverKind, server}
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

    /** An empty text stands for a key that is to go. */
    private static final String STEP = GENERATION_OF_REDIS + """
            local inStep = generation == ARGV[1]
            if inStep then redis.call('SET', KEYS[1], ARGV[2]) end
            for i = 2, #KEYS do
              local value = ARGV[i + 1]
              if inStep and value ~= '' then redis.call('SET', KEYS[i], value) else redis.call('DEL', KEYS[i]) end
            end
            return inStep and 1 or 0
            """;

    private static final String BEGIN = GENERATION_OF_REDIS + """
            if generation ~= ARGV[1] then return 0 end
            redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
            return 1
            """;

    private static final Logger LOG = LoggerFactory.getLogger(RedisRouteStore.class);

    private final RedisClient redis;

    /** Connects to nothing until it is asked. */
    public RedisRouteStore(RedisSettings settings) {
        this(RedisClients.client(settings));
    }

    RedisRouteStore(RedisClient redis) {
        this.redis = redis;
    }

    /** @param route empty if Redis does not know it, or what it holds cannot be believed, so that MySQL is to be asked */
    record CachedRoute(Optional<Route> route, String generation) {}

    CachedRoute read(Login owner) throws LookupUnavailable {
        Object answer = call(
                "route of " + owner,
                () -> redis.eval(
                        READ,
                        List.of(GENERATION, routeKey(owner)),
                        List.of(SERVER, String.valueOf(NAME_BYTES_MAX), String.valueOf(RedisServerValue.BYTES_MAX))));
        if (!(answer instanceof List<?> parts) || parts.size() != 5) {
            throw new LookupUnavailable("route of " + owner + ": Redis answers " + answer);
        }
        List<String> texts = parts.stream().map(String::valueOf).toList();
        Optional<String> server =
                value(routeKey(owner), texts.get(1), texts.get(2)).filter(name -> isServerName(routeKey(owner), name));
        Optional<Route> route = server.flatMap(name ->
                value(SERVER + name, texts.get(3), texts.get(4)).flatMap(text -> validated(SERVER + name, name, text)));
        return new CachedRoute(route, texts.get(0));
    }

    /** What Redis holds of a server. */
    static Map<String, String> ofServer(String server, Optional<Route> route) {
        return Map.of(SERVER + server, route.map(RedisServerValue::text).orElse(""));
    }

    /** What Redis holds of an owner. */
    static Map<String, String> ofOwner(Login owner, Optional<String> server) {
        return Map.of(routeKey(owner), server.orElse(""));
    }

    /** Keeps what the database said, unless Redis is at another generation by now. Best effort. */
    void refill(Login owner, Route route, String generation) {
        try {
            put(
                    generation,
                    Map.of(routeKey(owner), route.server(), SERVER + route.server(), RedisServerValue.text(route)));
        } catch (LookupUnavailable e) {
            LOG.atDebug().addKeyValue("owner", owner).log("Redis did not keep a route: {}", e.getMessage());
        }
    }

    /** @param values texts by their keys, none of them empty; at most some thousands
     *  @return whether Redis is at that generation; nothing is written otherwise */
    boolean put(String generation, Map<String, String> values) throws LookupUnavailable {
        return eval(PUT, List.of(generation, String.valueOf(MARK_KEPT.toSeconds())), values);
    }

    /**
     * Goes on to the next generation.
     *
     * @param values what it changes, by keys; an empty text for what is to go
     * @return whether Redis was at {@code generation}, and has the values now; if not, it has nothing under their keys
     */
    boolean step(String generation, String next, Map<String, String> values) throws LookupUnavailable {
        return eval(STEP, List.of(generation, next), values);
    }

    /**
     * Has nobody believe Redis until {@link #step} goes on from the mark. It vanishes a minute after the last {@link #put} under it.
     *
     * @return the mark, or empty if Redis is at another generation than was thought
     */
    Optional<String> begin(String generation) throws LookupUnavailable {
        String mark = MARK + UUID.randomUUID();
        boolean isBegun = eval(BEGIN, List.of(generation, mark, String.valueOf(MARK_KEPT.toSeconds())), Map.of());
        return isBegun ? Optional.of(mark) : Optional.empty();
    }

    static boolean isRefillMark(String generation) {
        return generation.startsWith(MARK);
    }

    /** @return empty if there is none, or it is no text */
    String generation() throws LookupUnavailable {
        return String.valueOf(call(
                "generation of Redis",
                () -> redis.eval(GENERATION_OF_REDIS + "return generation", List.of(GENERATION), List.of())));
    }

    /** Takes keys out, which only has whoever asks for them ask the database. */
    void remove(List<String> keys) throws LookupUnavailable {
        call("removing keys", () -> redis.unlink(keys.toArray(String[]::new)));
    }

    /** Gives out every key that begins so, in batches; one that is written meanwhile may be missing, or come twice. */
    void scan(String prefix, SnapshotReader<List<String>> batch) throws LookupUnavailable {
        var params = new ScanParams().match(prefix + "*").count(SCAN_BATCH);
        String cursor = ScanParams.SCAN_POINTER_START;
        do {
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

    private static Optional<String> value(String key, String kind, String text) {
        if (!kind.equals("string") && !kind.equals("none")) {
            LOG.atError().addKeyValue("key", key).log("A wrong value in Redis is not used: it is of type {}", kind);
        }
        return kind.equals("string") ? Optional.of(text) : Optional.empty();
    }

    private static boolean isServerName(String key, String text) {
        if (!Route.isName(text)) {
            LOG.atError()
                    .addKeyValue("key", key)
                    .log("A wrong value in Redis is not used: it is no file server's name");
        }
        return Route.isName(text);
    }

    private static Optional<Route> validated(String key, String server, String text) {
        try {
            return Optional.of(RedisServerValue.parse(server, text));
        } catch (IllegalArgumentException e) {
            LOG.atError().addKeyValue("key", key).log("A wrong value in Redis is not used: {}", e.getMessage());
            return Optional.empty();
        }
    }

    private static <T> T call(String what, Supplier<T> question) throws LookupUnavailable {
        try {
            return question.get();
        } catch (JedisException e) {
            throw new LookupUnavailable(what, e);
        }
    }

    /** After a failure: connections that were idle when Redis went would each fail once more when it is back. */
    void dropConnections() {
        redis.getPool().clear();
    }

    @Override
    public void close() {
        redis.close();
    }
}
