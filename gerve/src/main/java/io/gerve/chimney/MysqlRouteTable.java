package io.gerve.chimney;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.ROUTES;

import io.gerve.keylookup.key.Actor;
import io.gerve.keylookup.key.Login;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.Database;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashMap;
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
 * The changes behind {@link RouteTable}, and Redis's copy of them. Each change is one transaction, with the record of who made it, that
 * holds the {@link MysqlGeneration} from before it looks until Redis has what it changed.
 */
final class MysqlRouteTable {
    private static final int PAGE = 1000;
    private static final Logger LOG = LoggerFactory.getLogger(MysqlRouteTable.class);

    private final Database database;
    private final RedisRoutes redis;
    private final InstantSource clock;
    private final MysqlRouteRecord record;

    /** @param actor who makes the changes */
    MysqlRouteTable(Database database, RedisRoutes redis, InstantSource clock, Actor actor) {
        this.database = database;
        this.redis = redis;
        this.clock = clock;
        this.record = new MysqlRouteRecord(actor, clock);
    }

    /** @param isInRedis whether Redis is in step with the database */
    record Changed<T>(T result, boolean isInRedis) {}

    Changed<?> addServer(String name, FileServerHost active) throws InvalidRoute, LookupUnavailable {
        return changeServer("adding", name, servers -> servers.add(name, active, clock.instant()));
    }

    Changed<?> removeServer(String name) throws InvalidRoute, LookupUnavailable {
        return changeServer("removing", name, servers -> servers.remove(name));
    }

    Changed<?> addHost(String server, FileServerHost standBy) throws InvalidRoute, LookupUnavailable {
        return changeServer("adding a host to", server, servers -> servers.addHost(server, standBy));
    }

    Changed<?> removeHost(String server, String host) throws InvalidRoute, LookupUnavailable {
        return changeServer("removing a host of", server, servers -> servers.removeHost(server, host));
    }

    Changed<Route> failover(String server) throws InvalidRoute, LookupUnavailable {
        return changeServer("failing over", server, servers -> servers.failover(server));
    }

    Changed<Route> failover(String server, String host) throws InvalidRoute, LookupUnavailable {
        return changeServer("failing over", server, servers -> servers.failover(server, host));
    }

    List<FileServer> servers() throws LookupUnavailable {
        return read("file servers", sql -> new MysqlFileServers(sql).all());
    }

    List<String> serverNames() throws LookupUnavailable {
        return read("file servers", sql -> new MysqlFileServers(sql).names());
    }

    Optional<String> serverForNewOwner() throws LookupUnavailable {
        return read("the emptiest file server", sql -> new MysqlFileServers(sql).emptiest());
    }

    Changed<?> route(Login owner, String server) throws InvalidRoute, LookupUnavailable {
        return change(
                "routing " + owner,
                sql -> {
                    new MysqlFileServers(sql).require(server);
                    Long id = sql.select(ACCOUNTS.ID)
                            .from(ACCOUNTS)
                            .where(ACCOUNTS.LOGIN.eq(owner.text()))
                            .fetchOne(ACCOUNTS.ID);
                    if (id == null) {
                        throw new InvalidRoute("there is no account " + owner);
                    }
                    record.route(sql, id, serverOf(sql, owner), server);
                    return sql.insertInto(ROUTES)
                            .set(ROUTES.OWNER_ID, id)
                            .set(ROUTES.SERVER, server)
                            .onDuplicateKeyUpdate()
                            .set(ROUTES.SERVER, server)
                            .execute();
                },
                sql -> RedisRoutes.ofOwner(owner, serverOf(sql, owner)));
    }

    /** Changes nothing but Redis, to which it tells the owner's server as it is. */
    Changed<?> refresh(Login owner) throws InvalidRoute, LookupUnavailable {
        return change("telling Redis of " + owner, _ -> owner, sql -> RedisRoutes.ofOwner(owner, serverOf(sql, owner)));
    }

    /** @param lastId where the next page goes on */
    record Page(List<OwnerRoute> routes, long lastId) {
        boolean isEmpty() {
            return routes.isEmpty();
        }
    }

    Page pageAfter(long id) throws LookupUnavailable {
        return read("routes", sql -> page(sql, id));
    }

    /** Shows routes, and lets nobody change any until the viewer is done. */
    Page pageWhileUnchanged(long id, Viewer<List<OwnerRoute>> viewer) throws LookupUnavailable {
        return read("routes", sql -> {
            MysqlGeneration.hold(sql);
            Page page = page(sql, id);
            viewer.view(page.routes());
            return page;
        });
    }

    /** Shows what Redis should hold of every server, and lets nobody change any until the viewer is done. */
    long serversWhileUnchanged(Viewer<Map<String, String>> viewer) throws LookupUnavailable {
        return read("file servers", sql -> {
            MysqlGeneration.hold(sql);
            var values = new LinkedHashMap<String, String>();
            var servers = new MysqlFileServers(sql);
            servers.names()
                    .forEach(name -> servers.soundRoute(name)
                            .ifPresent(route -> values.putAll(RedisRoutes.ofServer(name, Optional.of(route)))));
            viewer.view(values);
            return (long) values.size();
        });
    }

    /** The ones among them that have a route, in lower case. */
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

    private <T> Changed<T> changeServer(String doing, String server, ServerWork<T> work)
            throws InvalidRoute, LookupUnavailable {
        return change(
                doing + " file server " + server,
                sql -> {
                    var before = MysqlRouteRecord.Facts.of(sql, server);
                    T result = work.in(new MysqlFileServers(sql));
                    record.server(sql, before, MysqlRouteRecord.Facts.of(sql, server));
                    return result;
                },
                sql -> RedisRoutes.ofServer(server, new MysqlFileServers(sql).soundRoute(server)));
    }

    /** @param copied what Redis is to hold then */
    private <T> Changed<T> change(String what, Work<T> work, Function<DSLContext, Map<String, String>> copied)
            throws InvalidRoute, LookupUnavailable {
        return inTransaction(what, sql -> {
            String before = MysqlGeneration.hold(sql);
            T result = work.in(sql);
            String after = MysqlGeneration.renew(sql);
            return new Changed<>(result, copy(before, after, copied.apply(sql)));
        });
    }

    private boolean copy(String before, String after, Map<String, String> values) {
        try {
            return redis.step(before, after, values);
        } catch (LookupUnavailable e) {
            LOG.atWarn()
                    .addKeyValue("cause", e.getCause())
                    .log("Redis was not told of a route; gates do not believe it until it is in step");
            return false;
        }
    }

    private <T> T inTransaction(String what, Work<T> work) throws InvalidRoute, LookupUnavailable {
        try {
            return database.sql().transactionResult(transaction -> work.in(transaction.dsl()));
        } catch (DataAccessException e) {
            if (e.getCause() instanceof InvalidRoute refusal) {
                throw refusal;
            }
            throw e.getCause() instanceof LookupUnavailable known ? known : new LookupUnavailable(what, e);
        } catch (IllegalArgumentException e) {
            throw new LookupUnavailable(what + ": a row of the database is wrong", e);
        }
    }

    private <T> T read(String what, Work<T> work) throws LookupUnavailable {
        try {
            return inTransaction(what, work);
        } catch (InvalidRoute e) {
            throw new LookupUnavailable(what, e);
        }
    }

    private interface Work<T> {
        T in(DSLContext sql) throws InvalidRoute, LookupUnavailable;
    }

    private interface ServerWork<T> {
        T in(MysqlFileServers servers) throws InvalidRoute;
    }
}
