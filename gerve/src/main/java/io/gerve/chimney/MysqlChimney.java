package io.gerve.chimney;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.FILE_SERVER_HOSTS;
import static io.gerve.sql.schema.Tables.ROUTES;

import io.gerve.keylookup.key.Login;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.Database;
import java.util.List;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.ResultQuery;
import org.jooq.exception.DataAccessException;

/** Asks the database, which always knows. */
public final class MysqlChimney implements Chimney {
    private final Database database;

    public MysqlChimney(Database database) {
        this.database = database;
    }

    @Override
    public Optional<Route> routeTo(Login owner) throws LookupUnavailable {
        try {
            List<? extends Record> rows = query(database.sql(), owner).fetch();
            return rows.isEmpty()
                    ? Optional.empty()
                    : Optional.of(MysqlHosts.route(rows.getFirst().get(ROUTES.SERVER), rows));
        } catch (DataAccessException e) {
            throw new LookupUnavailable("route of " + owner, e);
        } catch (IllegalArgumentException e) {
            // Not the hosts that are sound, either: the next in line is no active host, and must take no push.
            throw new LookupUnavailable("route of " + owner + ": a row of the database is wrong", e);
        }
    }

    static ResultQuery<? extends Record> query(DSLContext sql, Login owner) {
        return sql.select(ROUTES.SERVER)
                .select(MysqlHosts.FIELDS)
                .from(ACCOUNTS)
                .join(ROUTES)
                .on(ROUTES.OWNER_ID.eq(ACCOUNTS.ID))
                .leftJoin(FILE_SERVER_HOSTS)
                .on(FILE_SERVER_HOSTS.SERVER.eq(ROUTES.SERVER))
                .where(ACCOUNTS.LOGIN.eq(owner.text()))
                .orderBy(FILE_SERVER_HOSTS.POSITION);
    }
}
