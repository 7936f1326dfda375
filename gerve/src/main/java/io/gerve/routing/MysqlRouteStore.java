package io.gerve.routing;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.ROUTES;

import io.gerve.keylookup.directory.Actor;
import io.gerve.keylookup.directory.Login;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.Database;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jooq.DSLContext;
import org.jooq.Record3;
import org.jooq.exception.DataAccessException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes of routes for {@link RouteService}, in the database and in the copy in Redis. Each change is one transaction,
 * which also records the actor. The transaction holds the {@link MysqlRouteGeneration} from before its first read until
 * Redis has the change.
 */
final class MysqlRouteStore {
    private static final int PAGE = 1000;
    private static final Logger LOG = LoggerFactory.getLogger(MysqlRouteStore.class);

    private final Database database;
    private final RedisRouteStore redis;
    private final InstantSource clock;
    private final MysqlRouteChangeRecorder recorder;

    /** @param actor actor that is recorded with each change */
    MysqlRouteStore(Database database, RedisRouteStore redis, InstantSource clock, Actor actor) {
        this.database = database;
        this.redis = redis;
        this.clock = clock;
        this.recorder = new MysqlRouteChangeRecorder(actor, clock);
    }

    /** @param isInRedis whether Redis is in sync with the database */
    record Changed<T>(T result, boolean isInRedis) {}

    Changed<?> addServer(String name, FileServerHost active) throws RouteChangeRefused, LookupUnavailable {
        return changeServer("adding", name, servers -> servers.add(name, active, clock.instant()));
    }

    Changed<?> removeServer(String name) throws RouteChangeRefused, LookupUnavailable {
        return changeServer("removing", name, servers -> servers.remove(name));
    }

    Changed<?> addHost(String server, FileServerHost standBy) throws RouteChangeRefused, LookupUnavailable {
        return changeServer("adding a host to", server, servers -> servers.addHost(server, standBy));
    }

    Changed<?> removeHost(String server, String host) throws RouteChangeRefused, LookupUnavailable {
        return changeServer("removing a host of", server, servers -> servers.removeHost(server, host));
    }

    Changed<Route> failover(String server) throws RouteChangeRefused, LookupUnavailable {
        return changeServer("failing over", server, servers -> servers.failover(server));
    }

    Changed<Route> failover(String server, String host) throws RouteChangeRefused, LookupUnavailable {
        return changeServer("failing over", server, servers -> servers.failover(server, host));
    }

    List<FileServer> servers() throws LookupUnavailable {
        return read("file servers", sql -> new MysqlFileServerStore(sql).all());
    }

    Optional<String> serverForNewOwner() throws LookupUnavailable {
        return read("file server with the fewest owners", sql -> new MysqlFileServerStore(sql).leastUsed());
    }

    Changed<?> route(Login owner, String server) throws RouteChangeRefused, LookupUnavailable {
        return change(
                "routing " + owner,
                sql -> {
                    new MysqlFileServerStore(sql).require(server);
                    Long id = sql.select(ACCOUNTS.ID)
                            .from(ACCOUNTS)
                            .where(ACCOUNTS.LOGIN.eq(owner.text()))
                            .fetchOne(ACCOUNTS.ID);
                    if (id == null) {
                        throw new RouteChangeRefused("there is no account " + owner);
                    }
                    recorder.route(sql, id, serverOf(sql, owner), server);
                    return sql.insertInto(ROUTES)
                            .set(ROUTES.OWNER_ID, id)
                            .set(ROUTES.SERVER, server)
                            .onDuplicateKeyUpdate()
                            .set(ROUTES.SERVER, server)
                            .execute();
                },
                sql -> RedisRouteStore.ofOwner(owner, serverOf(sql, owner)));
    }

    /** Writes the present server of the owner to Redis and changes nothing else. */
    Changed<?> refresh(Login owner) throws RouteChangeRefused, LookupUnavailable {
        return change(
                "updating Redis for " + owner, _ -> owner, sql -> RedisRouteStore.ofOwner(owner, serverOf(sql, owner)));
    }

    /** @param lastId id after which the next page starts */
    record Page(List<OwnerRoute> routes, long lastId) {
        boolean isEmpty() {
            return routes.isEmpty();
        }
    }

    Page pageAfter(long id) throws LookupUnavailable {
        return read("routes", sql -> page(sql, id));
    }

    /** Passes a page of routes to the reader and blocks changes of routes until the reader returns. */
    Page readPage(long id, SnapshotReader<List<OwnerRoute>> reader) throws LookupUnavailable {
        return read("routes", sql -> {
            MysqlRouteGeneration.lock(sql);
            Page page = page(sql, id);
            reader.read(page.routes());
            return page;
        });
    }

    /** Returns, in lower case, those owners that have a route. */
    Set<String> routedAmong(List<Login> owners) throws LookupUnavailable {
        return read("routes", sql -> {
            var routed = new HashSet<String>();
            sql.select(ACCOUNTS.LOGIN)
                    .from(ACCOUNTS)
                    .join(ROUTES)
                    .on(ROUTES.OWNER_ID.eq(ACCOUNTS.ID))
                    .where(ACCOUNTS.LOGIN.in(owners.stream().map(Login::text).toList()))
                    .forEach(row -> routed.add(new Login(row.value1()).lowerCase()));
            return routed;
        });
    }

    private static Page page(DSLContext sql, long id) {
        List<Record3<Long, String, String>> rows = sql.select(ROUTES.OWNER_ID, ACCOUNTS.LOGIN, ROUTES.SERVER)
                .from(ROUTES)
                .join(ACCOUNTS)
                .on(ACCOUNTS.ID.eq(ROUTES.OWNER_ID))
                .where(ROUTES.OWNER_ID.gt(id))
                .orderBy(ROUTES.OWNER_ID)
                .limit(PAGE)
                .fetch();
        List<OwnerRoute> routes = rows.stream()
                .map(row -> new OwnerRoute(new Login(row.value2()), row.value3()))
                .toList();
        return new Page(routes, rows.isEmpty() ? id : rows.getLast().value1());
    }

    private static Optional<String> serverOf(DSLContext sql, Login owner) {
        return sql.select(ROUTES.SERVER)
                .from(ACCOUNTS)
                .join(ROUTES)
                .on(ROUTES.OWNER_ID.eq(ACCOUNTS.ID))
                .where(ACCOUNTS.LOGIN.eq(owner.text()))
                .fetchOptional(ROUTES.SERVER);
    }

    /** Changes a server and its hosts. They are not in Redis, so that Redis stays as it is. */
    private <T> Changed<T> changeServer(String operation, String server, ServerWork<T> work)
            throws RouteChangeRefused, LookupUnavailable {
        return inTransaction(operation + " file server " + server, sql -> {
            MysqlRouteGeneration.lock(sql);
            var before = MysqlRouteChangeRecorder.Snapshot.of(sql, server);
            T result = work.in(new MysqlFileServerStore(sql));
            recorder.server(sql, before, MysqlRouteChangeRecorder.Snapshot.of(sql, server));
            return new Changed<>(result, true);
        });
    }

    /** @param redisValues values that Redis must hold after the change */
    private <T> Changed<T> change(String what, Work<T> work, Function<DSLContext, Map<String, String>> redisValues)
            throws RouteChangeRefused, LookupUnavailable {
        return inTransaction(what, sql -> {
            String before = MysqlRouteGeneration.lock(sql);
            T result = work.in(sql);
            String after = MysqlRouteGeneration.renew(sql);
            return new Changed<>(result, copy(before, after, redisValues.apply(sql)));
        });
    }

    private boolean copy(String before, String after, Map<String, String> values) {
        try {
            return redis.step(before, after, values);
        } catch (LookupUnavailable e) {
            LOG.atWarn()
                    .addKeyValue("cause", e.getCause())
                    .log("Redis update of a route failed, gates use MySQL until Redis is in sync");
            return false;
        }
    }

    private <T> T inTransaction(String what, Work<T> work) throws RouteChangeRefused, LookupUnavailable {
        try {
            return database.sql().transactionResult(transaction -> work.in(transaction.dsl()));
        } catch (DataAccessException e) {
            if (e.getCause() instanceof RouteChangeRefused refusal) {
                throw refusal;
            }
            throw e.getCause() instanceof LookupUnavailable failure ? failure : new LookupUnavailable(what, e);
        } catch (IllegalArgumentException e) {
            throw new LookupUnavailable(what + ": the database has an invalid row", e);
        }
    }

    private <T> T read(String what, Work<T> work) throws LookupUnavailable {
        try {
            return inTransaction(what, work);
        } catch (RouteChangeRefused e) {
            throw new LookupUnavailable(what, e);
        }
    }

    private interface Work<T> {
        T in(DSLContext sql) throws RouteChangeRefused, LookupUnavailable;
    }

    private interface ServerWork<T> {
        T in(MysqlFileServerStore servers) throws RouteChangeRefused;
    }
}
