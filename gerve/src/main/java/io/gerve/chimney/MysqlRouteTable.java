package io.gerve.chimney;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.FILE_SERVERS;
import static io.gerve.sql.schema.Tables.FILE_SERVER_HOSTS;
import static io.gerve.sql.schema.Tables.ROUTES;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.exists;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.selectOne;

import io.gerve.keylookup.key.Actor;
import io.gerve.keylookup.key.Login;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.Database;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record3;
import org.jooq.exception.DataAccessException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows behind {@link RouteTable}, and Redis's copy of them. Each change is one transaction, with the record of who made it, that
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
        try {
            var _ = new Route(name, List.of(active));
        } catch (IllegalArgumentException e) {
            throw new InvalidRoute(String.valueOf(e.getMessage()));
        }
        return changeServer("adding", name, sql -> {
            int added = sql.insertInto(FILE_SERVERS)
                    .set(FILE_SERVERS.NAME, name)
                    .set(FILE_SERVERS.CREATED_AT, clock.instant())
                    .onDuplicateKeyIgnore()
                    .execute();
            if (added == 0) {
                throw new InvalidRoute("there is a file server " + name + " already");
            }
            MysqlHosts.insert(sql, name, active, 0);
            return name;
        });
    }

    Changed<?> removeServer(String name) throws InvalidRoute, LookupUnavailable {
        return changeServer("removing", name, sql -> {
            requireServer(sql, name);
            int owners = sql.fetchCount(ROUTES, ROUTES.SERVER.eq(name));
            if (owners > 0) {
                throw new InvalidRoute("file server " + name + " still holds the repositories of " + owners
                        + " accounts; route them to another one first");
            }
            sql.deleteFrom(FILE_SERVER_HOSTS)
                    .where(FILE_SERVER_HOSTS.SERVER.eq(name))
                    .execute();
            return sql.deleteFrom(FILE_SERVERS)
                    .where(FILE_SERVERS.NAME.eq(name))
                    .execute();
        });
    }

    Changed<?> addHost(String server, FileServerHost standBy) throws InvalidRoute, LookupUnavailable {
        return changeServer("adding a host to", server, sql -> {
            requireServer(sql, server);
            if (sql.fetchExists(FILE_SERVER_HOSTS, hostIs(server, standBy.name()))) {
                throw new InvalidRoute("file server " + server + " has a host " + standBy.name() + " already");
            }
            Integer last = sql.select(max(FILE_SERVER_HOSTS.POSITION))
                    .from(FILE_SERVER_HOSTS)
                    .where(FILE_SERVER_HOSTS.SERVER.eq(server))
                    .fetchOneInto(Integer.class);
            MysqlHosts.insert(sql, server, standBy, last == null ? 0 : last + 1);
            return standBy;
        });
    }

    Changed<?> removeHost(String server, String host) throws InvalidRoute, LookupUnavailable {
        return changeServer("removing a host of", server, sql -> {
            requireServer(sql, server);
            List<String> names = hostNames(sql, server);
            int place = placeOf(names, server, host);
            if (place == 0) {
                throw new InvalidRoute("host " + host + " is the active one of file server " + server
                        + "; make another one active first: gerve route failover " + server);
            }
            return sql.deleteFrom(FILE_SERVER_HOSTS).where(hostIs(server, host)).execute();
        });
    }

    Changed<Route> failover(String server) throws InvalidRoute, LookupUnavailable {
        return changeServer("failing over", server, sql -> {
            requireServer(sql, server);
            List<String> names = hostNames(sql, server);
            if (names.size() < 2) {
                throw new InvalidRoute("file server " + server + " has no stand-by that could become active");
            }
            return makeActive(sql, server, names, 1);
        });
    }

    Changed<Route> failover(String server, String host) throws InvalidRoute, LookupUnavailable {
        return changeServer("failing over", server, sql -> {
            requireServer(sql, server);
            List<String> names = hostNames(sql, server);
            int place = placeOf(names, server, host);
            if (place == 0) {
                throw new InvalidRoute("host " + host + " is the active one of file server " + server + " already");
            }
            return makeActive(sql, server, names, place);
        });
    }

    List<FileServer> servers() throws LookupUnavailable {
        return read("file servers", sql -> {
            var owners = sql.select(ROUTES.SERVER, count())
                    .from(ROUTES)
                    .groupBy(ROUTES.SERVER)
                    .fetchMap(ROUTES.SERVER, count());
            var servers = new ArrayList<FileServer>();
            for (String name : names(sql)) {
                servers.add(new FileServer(name, MysqlHosts.of(sql, name).hosts(), owners.getOrDefault(name, 0)));
            }
            return servers;
        });
    }

    List<String> serverNames() throws LookupUnavailable {
        return read("file servers", MysqlRouteTable::names);
    }

    Optional<String> serverForNewOwner() throws LookupUnavailable {
        return read(
                "the emptiest file server",
                sql -> sql.select(FILE_SERVERS.NAME)
                        .from(FILE_SERVERS)
                        .leftJoin(ROUTES)
                        .on(ROUTES.SERVER.eq(FILE_SERVERS.NAME))
                        .where(exists(selectOne()
                                .from(FILE_SERVER_HOSTS)
                                .where(FILE_SERVER_HOSTS.SERVER.eq(FILE_SERVERS.NAME))))
                        .groupBy(FILE_SERVERS.NAME)
                        .orderBy(count(ROUTES.OWNER_ID), FILE_SERVERS.NAME)
                        .limit(1)
                        .fetchOptional(FILE_SERVERS.NAME));
    }

    Changed<?> route(Login owner, String server) throws InvalidRoute, LookupUnavailable {
        return change(
                "routing " + owner,
                sql -> {
                    requireServer(sql, server);
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
            names(sql)
                    .forEach(name -> soundRoute(sql, name)
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

    private static List<String> names(DSLContext sql) {
        return sql.select(FILE_SERVERS.NAME)
                .from(FILE_SERVERS)
                .orderBy(FILE_SERVERS.NAME)
                .fetch(FILE_SERVERS.NAME);
    }

    private static Optional<Route> soundRoute(DSLContext sql, String server) {
        try {
            return Optional.of(MysqlHosts.of(sql, server));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static Route makeActive(DSLContext sql, String server, List<String> names, int place) {
        var order = new ArrayList<>(names);
        Collections.swap(order, 0, place);
        order.add(order.remove(place));
        for (int position = 0; position < order.size(); position++) {
            sql.update(FILE_SERVER_HOSTS)
                    .set(FILE_SERVER_HOSTS.POSITION, position)
                    .where(hostIs(server, order.get(position)))
                    .execute();
        }
        return MysqlHosts.of(sql, server);
    }

    private static int placeOf(List<String> names, String server, String host) throws InvalidRoute {
        int place = names.indexOf(host);
        if (place < 0) {
            throw new InvalidRoute(
                    "file server " + server + " has no host " + host + ", but " + String.join(", ", names));
        }
        return place;
    }

    private static List<String> hostNames(DSLContext sql, String server) {
        return sql.select(FILE_SERVER_HOSTS.NAME)
                .from(FILE_SERVER_HOSTS)
                .where(FILE_SERVER_HOSTS.SERVER.eq(server))
                .orderBy(FILE_SERVER_HOSTS.POSITION)
                .fetch(FILE_SERVER_HOSTS.NAME);
    }

    private static Condition hostIs(String server, String name) {
        return FILE_SERVER_HOSTS.SERVER.eq(server).and(FILE_SERVER_HOSTS.NAME.eq(name));
    }

    private static void requireServer(DSLContext sql, String server) throws InvalidRoute {
        // The column compares without case, but Redis and the gates do not.
        boolean isThere = Route.isName(server)
                && sql.select(FILE_SERVERS.NAME)
                        .from(FILE_SERVERS)
                        .where(FILE_SERVERS.NAME.eq(server))
                        .fetch(FILE_SERVERS.NAME)
                        .contains(server);
        if (!isThere) {
            throw new InvalidRoute("there is no file server " + server);
        }
    }

    private <T> Changed<T> changeServer(String doing, String server, Work<T> work)
            throws InvalidRoute, LookupUnavailable {
        return change(
                doing + " file server " + server,
                sql -> {
                    var before = MysqlRouteRecord.Facts.of(sql, server);
                    T result = work.in(sql);
                    record.server(sql, before, MysqlRouteRecord.Facts.of(sql, server));
                    return result;
                },
                sql -> RedisRoutes.ofServer(server, soundRoute(sql, server)));
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
}
