package io.gerve.doctor;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.FILE_SERVERS;
import static io.gerve.sql.schema.Tables.FILE_SERVER_HOSTS;
import static io.gerve.sql.schema.Tables.REPOSITORIES;
import static io.gerve.sql.schema.Tables.ROUTES;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.notExists;
import static org.jooq.impl.DSL.selectOne;

import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.key.InvalidKey;
import io.gerve.keylookup.key.PublicKey;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.routing.FileServerHost;
import io.gerve.sql.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.exception.DataAccessException;

/**
 * File servers, routes and repositories as the database has them, sound or not. Each method throws {@link
 * LookupUnavailable} if the database does not answer.
 */
public final class MysqlServerList {
    private final Database database;

    public MysqlServerList(Database database) {
        this.database = database;
    }

    /** Returns all file servers, ordered by name. */
    List<ListedServer> servers() throws LookupUnavailable {
        return read("file servers", sql -> {
            var owners = sql.select(ROUTES.SERVER, count())
                    .from(ROUTES)
                    .groupBy(ROUTES.SERVER)
                    .fetchMap(ROUTES.SERVER, count());
            return sql.select(FILE_SERVERS.NAME)
                    .from(FILE_SERVERS)
                    .orderBy(FILE_SERVERS.NAME)
                    .fetch(row -> server(sql, row.value1(), owners.getOrDefault(row.value1(), 0)));
        });
    }

    private static ListedServer server(DSLContext sql, String name, long owners) {
        List<FileServerHost> hosts = new ArrayList<>();
        List<String> invalid = new ArrayList<>();
        sql.select(
                        FILE_SERVER_HOSTS.NAME,
                        FILE_SERVER_HOSTS.ADDRESS,
                        FILE_SERVER_HOSTS.PORT,
                        FILE_SERVER_HOSTS.HOST_KEY)
                .from(FILE_SERVER_HOSTS)
                .where(FILE_SERVER_HOSTS.SERVER.eq(name))
                .orderBy(FILE_SERVER_HOSTS.POSITION)
                .forEach(row -> {
                    try {
                        hosts.add(host(row));
                    } catch (IllegalArgumentException | InvalidKey _) {
                        invalid.add(row.get(FILE_SERVER_HOSTS.NAME));
                    }
                });
        return new ListedServer(name, owners, hosts, invalid);
    }

    private static FileServerHost host(Record row) throws InvalidKey {
        return new FileServerHost(
                row.get(FILE_SERVER_HOSTS.NAME),
                row.get(FILE_SERVER_HOSTS.ADDRESS),
                row.get(FILE_SERVER_HOSTS.PORT),
                PublicKey.ofLine(row.get(FILE_SERVER_HOSTS.HOST_KEY)));
    }

    /** Returns up to {@code max} accounts that own repositories and have no route. */
    List<String> ownersWithoutRoute(int max) throws LookupUnavailable {
        return read(
                "owners without a route",
                sql -> sql.selectDistinct(ACCOUNTS.LOGIN)
                        .from(REPOSITORIES)
                        .join(ACCOUNTS)
                        .on(ACCOUNTS.ID.eq(REPOSITORIES.OWNER_ID))
                        .where(notExists(selectOne().from(ROUTES).where(ROUTES.OWNER_ID.eq(REPOSITORIES.OWNER_ID))))
                        .limit(max)
                        .fetch(ACCOUNTS.LOGIN));
    }

    /** Returns up to {@code max} names of file servers that routes name and that are not there. */
    List<String> unknownServers(int max) throws LookupUnavailable {
        return read(
                "routes",
                sql -> sql.selectDistinct(ROUTES.SERVER)
                        .from(ROUTES)
                        .where(notExists(selectOne().from(FILE_SERVERS).where(FILE_SERVERS.NAME.eq(ROUTES.SERVER))))
                        .limit(max)
                        .fetch(ROUTES.SERVER));
    }

    /**
     * Returns up to {@code max} repositories of a file server: all, if it has no more, and else those of owners from a
     * random one on, so that one run after the other covers a big site.
     */
    List<RepositoryName> repositories(String server, int max, RandomGenerator random) throws LookupUnavailable {
        return read("repositories of " + server, sql -> {
            Long last = sql.select(max(ROUTES.OWNER_ID))
                    .from(ROUTES)
                    .where(ROUTES.SERVER.eq(server))
                    .fetchOneInto(Long.class);
            long start = random.nextLong(Objects.requireNonNullElse(last, 0L) + 1);
            List<RepositoryName> names = new ArrayList<>(repositories(sql, server, ROUTES.OWNER_ID.ge(start), max));
            if (names.size() < max) {
                names.addAll(repositories(sql, server, ROUTES.OWNER_ID.lt(start), max - names.size()));
            }
            return names;
        });
    }

    private static List<RepositoryName> repositories(DSLContext sql, String server, Condition owners, int max) {
        return sql.select(ACCOUNTS.LOGIN, REPOSITORIES.NAME)
                .from(ROUTES)
                .join(REPOSITORIES)
                .on(REPOSITORIES.OWNER_ID.eq(ROUTES.OWNER_ID))
                .join(ACCOUNTS)
                .on(ACCOUNTS.ID.eq(ROUTES.OWNER_ID))
                .where(ROUTES.SERVER.eq(server))
                .and(owners)
                .orderBy(ROUTES.OWNER_ID, REPOSITORIES.ID)
                .limit(max)
                .fetch(row -> new RepositoryName(new Login(row.value1()), row.value2()));
    }

    private <T> T read(String what, Function<DSLContext, T> query) throws LookupUnavailable {
        try {
            return query.apply(database.sql());
        } catch (DataAccessException e) {
            throw new LookupUnavailable("Look-up of " + what, e);
        } catch (IllegalArgumentException e) {
            throw new LookupUnavailable("Look-up of " + what + ": the database has an invalid row", e);
        }
    }
}
