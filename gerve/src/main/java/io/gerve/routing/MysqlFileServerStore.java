package io.gerve.routing;

import static io.gerve.sql.schema.Tables.FILE_SERVERS;
import static io.gerve.sql.schema.Tables.FILE_SERVER_HOSTS;
import static io.gerve.sql.schema.Tables.ROUTES;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.exists;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.selectOne;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;

/**
 * Rows of file servers and their hosts, within one transaction. Hosts are ordered by position; position 0 is the active
 * host.
 */
final class MysqlFileServerStore {
    private final DSLContext sql;

    MysqlFileServerStore(DSLContext sql) {
        this.sql = sql;
    }

    String add(String name, FileServerHost active, Instant at) throws RouteChangeRefused {
        try {
            var _ = new Route(name, List.of(active));
        } catch (IllegalArgumentException e) {
            throw new RouteChangeRefused(String.valueOf(e.getMessage()));
        }
        int added = sql.insertInto(FILE_SERVERS)
                .set(FILE_SERVERS.NAME, name)
                .set(FILE_SERVERS.CREATED_AT, at)
                .onDuplicateKeyIgnore()
                .execute();
        if (added == 0) {
            throw new RouteChangeRefused("there is a file server " + name + " already");
        }
        MysqlHostStore.insert(sql, name, active, 0);
        return name;
    }

    String remove(String name) throws RouteChangeRefused {
        require(name);
        int owners = sql.fetchCount(ROUTES, ROUTES.SERVER.eq(name));
        if (owners > 0) {
            throw new RouteChangeRefused("file server " + name + " still holds the repositories of " + owners
                    + " accounts; route them to another one first");
        }
        sql.deleteFrom(FILE_SERVER_HOSTS)
                .where(FILE_SERVER_HOSTS.SERVER.eq(name))
                .execute();
        sql.deleteFrom(FILE_SERVERS).where(FILE_SERVERS.NAME.eq(name)).execute();
        return name;
    }

    FileServerHost addHost(String server, FileServerHost standBy) throws RouteChangeRefused {
        require(server);
        if (sql.fetchExists(FILE_SERVER_HOSTS, hostIs(server, standBy.name()))) {
            throw new RouteChangeRefused("file server " + server + " has a host " + standBy.name() + " already");
        }
        Integer last = sql.select(max(FILE_SERVER_HOSTS.POSITION))
                .from(FILE_SERVER_HOSTS)
                .where(FILE_SERVER_HOSTS.SERVER.eq(server))
                .fetchOneInto(Integer.class);
        MysqlHostStore.insert(sql, server, standBy, last == null ? 0 : last + 1);
        return standBy;
    }

    String removeHost(String server, String host) throws RouteChangeRefused {
        require(server);
        if (positionOf(hostNames(server), server, host) == 0) {
            throw new RouteChangeRefused("host " + host + " is the active one of file server " + server
                    + "; make another one active first: gerve route failover " + server);
        }
        sql.deleteFrom(FILE_SERVER_HOSTS).where(hostIs(server, host)).execute();
        return host;
    }

    Route failover(String server) throws RouteChangeRefused {
        require(server);
        List<String> names = hostNames(server);
        if (names.size() < 2) {
            throw new RouteChangeRefused("file server " + server + " has no standby that could become active");
        }
        return makeActive(server, names, 1);
    }

    Route failover(String server, String host) throws RouteChangeRefused {
        require(server);
        List<String> names = hostNames(server);
        int index = positionOf(names, server, host);
        if (index == 0) {
            throw new RouteChangeRefused("host " + host + " is the active one of file server " + server + " already");
        }
        return makeActive(server, names, index);
    }

    List<FileServer> all() {
        var owners = sql.select(ROUTES.SERVER, count())
                .from(ROUTES)
                .groupBy(ROUTES.SERVER)
                .fetchMap(ROUTES.SERVER, count());
        var servers = new ArrayList<FileServer>();
        for (String name : names()) {
            servers.add(new FileServer(name, MysqlHostStore.of(sql, name).hosts(), owners.getOrDefault(name, 0)));
        }
        return servers;
    }

    private List<String> names() {
        return sql.select(FILE_SERVERS.NAME)
                .from(FILE_SERVERS)
                .orderBy(FILE_SERVERS.NAME)
                .fetch(FILE_SERVERS.NAME);
    }

    /** Returns the server with the fewest owners among those that have a host. */
    Optional<String> leastUsed() {
        return sql.select(FILE_SERVERS.NAME)
                .from(FILE_SERVERS)
                .leftJoin(ROUTES)
                .on(ROUTES.SERVER.eq(FILE_SERVERS.NAME))
                .where(exists(
                        selectOne().from(FILE_SERVER_HOSTS).where(FILE_SERVER_HOSTS.SERVER.eq(FILE_SERVERS.NAME))))
                .groupBy(FILE_SERVERS.NAME)
                .orderBy(count(ROUTES.OWNER_ID), FILE_SERVERS.NAME)
                .limit(1)
                .fetchOptional(FILE_SERVERS.NAME);
    }

    void require(String server) throws RouteChangeRefused {
        // The column compares case-insensitively, but Redis and the gates do not.
        boolean serverExists = Route.isName(server)
                && sql.select(FILE_SERVERS.NAME)
                        .from(FILE_SERVERS)
                        .where(FILE_SERVERS.NAME.eq(server))
                        .fetch(FILE_SERVERS.NAME)
                        .contains(server);
        if (!serverExists) {
            throw new RouteChangeRefused("there is no file server " + server);
        }
    }

    private Route makeActive(String server, List<String> names, int index) {
        var order = new ArrayList<>(names);
        Collections.swap(order, 0, index);
        order.add(order.remove(index));
        for (int position = 0; position < order.size(); position++) {
            sql.update(FILE_SERVER_HOSTS)
                    .set(FILE_SERVER_HOSTS.POSITION, position)
                    .where(hostIs(server, order.get(position)))
                    .execute();
        }
        return MysqlHostStore.of(sql, server);
    }

    private static int positionOf(List<String> names, String server, String host) throws RouteChangeRefused {
        int index = names.indexOf(host);
        if (index < 0) {
            throw new RouteChangeRefused(
                    "file server " + server + " has no host " + host + ", but " + String.join(", ", names));
        }
        return index;
    }

    private List<String> hostNames(String server) {
        return sql.select(FILE_SERVER_HOSTS.NAME)
                .from(FILE_SERVER_HOSTS)
                .where(FILE_SERVER_HOSTS.SERVER.eq(server))
                .orderBy(FILE_SERVER_HOSTS.POSITION)
                .fetch(FILE_SERVER_HOSTS.NAME);
    }

    private static Condition hostIs(String server, String name) {
        return FILE_SERVER_HOSTS.SERVER.eq(server).and(FILE_SERVER_HOSTS.NAME.eq(name));
    }
}
