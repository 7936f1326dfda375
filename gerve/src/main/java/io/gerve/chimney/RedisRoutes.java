package io.gerve.chimney;

import io.gerve.config.RedisSettings;
import io.gerve.keylookup.key.Login;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.lookup.RedisConnections;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.resps.ScanResult;

/**
 * The routes as Redis holds them: {@code chimney:route:<owner>} is a logical server's name, {@code chimney:server:<name>} a
 * {@link ServerValue}.
 *
 * <p>{@code chimney:generation} is a new random text after every authoritative write. A gate that found nothing in Redis and asked
 * MySQL puts the answer there only if the generation is still what it was before it asked: else a gate that read MySQL just before a
 * fail-over, and was slow, would bring the old host back after it.
 */
public final class RedisRoutes implements AutoCloseable {
    static final String ROUTE = "chimney:route:";
    static final String SERVER = "chimney:server:";
    private static final String GENERATION = "chimney:generation";

    /**
     * How long an answer stays that a gate put in by itself. It bounds what the generation cannot see: a Redis that lost everything,
     * its generation too, between the gate's question and its answer.
     */
    private static final Duration REFILLED_TTL = Duration.ofMinutes(10);

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

    private static final String REFILL = """
            local kind = redis.call('TYPE', KEYS[1]).ok
            local generation = ''
            if kind == 'string' then generation = redis.call('GET', KEYS[1]) end
            if generation ~= ARGV[1] then return 0 end
            for i = 2, #KEYS do redis.call('SET', KEYS[i], ARGV[i + 1], 'EX', ARGV[2]) end
            return 1
            """;

    /** An empty text stands for a key that is to go. */
    private static final String WRITE = """
            redis.call('SET', KEYS[1], ARGV[1])
            for i = 2, #KEYS do
              if ARGV[i] == '' then redis.call('DEL', KEYS[i]) else redis.call('SET', KEYS[i], ARGV[i]) end
            end
            return 1
            """;

    private static final Logger LOG = LoggerFactory.getLogger(RedisRoutes.class);

    private final RedisClient redis;

    /** Connects to nothing until it is asked. */
    public RedisRoutes(RedisSettings settings) {
        this(RedisConnections.client(settings));
    }

    RedisRoutes(RedisClient redis) {
        this.redis = redis;
    }

    /** @param route empty if Redis does not know it, or what it holds cannot be believed, so that MySQL is to be asked */
    record Read(Optional<Route> route, String generation) {}

    Read read(Login owner) throws LookupUnavailable {
        Object answer = ask(
                "route of " + owner,
                () -> redis.eval(
                        READ,
                        List.of(GENERATION, routeKey(owner)),
                        List.of(SERVER, String.valueOf(NAME_BYTES_MAX), String.valueOf(ServerValue.BYTES_MAX))));
        if (!(answer instanceof List<?> parts) || parts.size() != 5) {
            throw new LookupUnavailable("route of " + owner + ": Redis answers " + answer);
        }
        List<String> texts = parts.stream().map(String::valueOf).toList();
        Optional<String> server =
                value(routeKey(owner), texts.get(1), texts.get(2)).filter(name -> isServerName(routeKey(owner), name));
        Optional<Route> route = server.flatMap(name ->
                value(SERVER + name, texts.get(3), texts.get(4)).flatMap(text -> believed(SERVER + name, name, text)));
        return new Read(route, texts.get(0));
    }

    /** Keeps what MySQL said, unless anything was written since {@code generation} was read. Best effort. */
    void refill(Login owner, Route route, String generation) {
        try {
            redis.eval(
                    REFILL,
                    List.of(GENERATION, routeKey(owner), SERVER + route.server()),
                    List.of(
                            generation,
                            String.valueOf(REFILLED_TTL.toSeconds()),
                            route.server(),
                            ServerValue.text(route)));
        } catch (JedisException e) {
            LOG.atDebug().addKeyValue("owner", owner).log("Redis did not keep a route: {}", e.getMessage());
        }
    }

    /** @return whether Redis took it */
    boolean writeServer(String server, Optional<Route> route) {
        return write(Map.of(SERVER + server, route.map(ServerValue::text).orElse("")));
    }

    /** @return whether Redis took it */
    boolean writeRoute(Login owner, Optional<String> server) {
        return write(Map.of(routeKey(owner), server.orElse("")));
    }

    /** @param routes owners and their servers, at most some thousands */
    boolean writeRoutes(List<OwnerRoute> routes) {
        var values = new LinkedHashMap<String, String>();
        routes.forEach(route -> values.put(routeKey(route.owner()), route.server()));
        return write(values);
    }

    boolean remove(List<String> keys) {
        var values = new LinkedHashMap<String, String>();
        keys.forEach(key -> values.put(key, ""));
        return write(values);
    }

    /** Gives out every key that begins so, in batches; one that is written meanwhile may be missing, or come twice. */
    void scan(String prefix, Consumer<List<String>> batch) throws LookupUnavailable {
        var params = new ScanParams().match(prefix + "*").count(SCAN_BATCH);
        String cursor = ScanParams.SCAN_POINTER_START;
        do {
            String from = cursor;
            ScanResult<String> found = ask("keys of Redis", () -> redis.scan(from, params));
            if (!found.getResult().isEmpty()) {
                batch.accept(found.getResult());
            }
            cursor = found.getCursor();
        } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
    }

    private boolean write(Map<String, String> values) {
        var keys = new ArrayList<>(List.of(GENERATION));
        var texts = new ArrayList<>(List.of(UUID.randomUUID().toString()));
        values.forEach((key, value) -> {
            keys.add(key);
            texts.add(value);
        });
        try {
            redis.eval(WRITE, keys, texts);
            return true;
        } catch (JedisException e) {
            LOG.warn("Redis did not take {} routes: {}", values.size(), e.getMessage());
            return false;
        }
    }

    private static String routeKey(Login owner) {
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

    private static Optional<Route> believed(String key, String server, String text) {
        try {
            return Optional.of(ServerValue.parse(server, text));
        } catch (IllegalArgumentException e) {
            LOG.atError().addKeyValue("key", key).log("A wrong value in Redis is not used: {}", e.getMessage());
            return Optional.empty();
        }
    }

    private static <T> T ask(String what, Supplier<T> question) throws LookupUnavailable {
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
