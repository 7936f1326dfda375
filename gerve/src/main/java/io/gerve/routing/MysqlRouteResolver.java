package io.gerve.routing;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.FILE_SERVER_HOSTS;
import static io.gerve.sql.schema.Tables.ROUTES;
import static io.gerve.sql.schema.Tables.SITE;

import io.gerve.keylookup.directory.Login;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.Database;
import java.util.List;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.ResultQuery;
import org.jooq.exception.DataAccessException;

/** Resolver that reads the authoritative routes from the database. */
public final class MysqlRouteResolver implements RouteResolver, RouteSource {
    private final Database database;

    public MysqlRouteResolver(Database database) {
        this.database = database;
    }

    @Override
    public Optional<Route> routeTo(Login owner) throws LookupUnavailable {
        return find(owner).route();
    }

    @Override
    public Found find(Login owner) throws LookupUnavailable {
        try {
            List<? extends Record> rows = query(database.sql(), owner).fetch();
            Record first = rows.getFirst();
            Optional<Route> route =
                    Optional.ofNullable(first.get(ROUTES.SERVER)).map(server -> MysqlHostStore.route(server, rows));
            return new Found(route, first.get(SITE.ROUTE_GENERATION));
        } catch (DataAccessException e) {
            throw new LookupUnavailable("route of " + owner, e);
        } catch (IllegalArgumentException e) {
            // Valid hosts of the server are not used either: the next host is a standby, and must not take a push.
            throw new LookupUnavailable("route of " + owner + ": the database has an invalid row", e);
        }
    }

    @Override
    public Optional<Route> server(String name) throws LookupUnavailable {
        try {
            List<? extends Record> rows = database.sql()
                    .select(MysqlHostStore.FIELDS)
                    .from(FILE_SERVER_HOSTS)
                    .where(FILE_SERVER_HOSTS.SERVER.eq(name))
                    .orderBy(FILE_SERVER_HOSTS.POSITION)
                    .fetch();
            return rows.isEmpty() ? Optional.empty() : Optional.of(MysqlHostStore.route(name, rows));
        } catch (DataAccessException e) {
            throw new LookupUnavailable("hosts of file server " + name, e);
        } catch (IllegalArgumentException e) {
            throw new LookupUnavailable("hosts of file server " + name + ": the database has an invalid row", e);
        }
    }

    @Override
    public String generation() throws LookupUnavailable {
        try {
            return MysqlRouteGeneration.await(database.sql());
        } catch (DataAccessException e) {
            throw new LookupUnavailable("generation of the routes", e);
        }
    }

    /** Returns the query, which finds at least one row because of the generation. */
    static ResultQuery<? extends Record> query(DSLContext sql, Login owner) {
        return sql.select(SITE.ROUTE_GENERATION, ROUTES.SERVER)
                .select(MysqlHostStore.FIELDS)
                .from(SITE)
                .leftJoin(ACCOUNTS)
                .on(ACCOUNTS.LOGIN.eq(owner.text()))
                .leftJoin(ROUTES)
                .on(ROUTES.OWNER_ID.eq(ACCOUNTS.ID))
                .leftJoin(FILE_SERVER_HOSTS)
                .on(FILE_SERVER_HOSTS.SERVER.eq(ROUTES.SERVER))
                .where(MysqlRouteGeneration.ROW)
                .orderBy(FILE_SERVER_HOSTS.POSITION);
    }
}
