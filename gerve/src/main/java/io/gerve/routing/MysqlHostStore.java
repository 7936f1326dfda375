package io.gerve.routing;

import static io.gerve.sql.schema.Tables.FILE_SERVER_HOSTS;

import java.util.List;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.TableField;

/** Rows of {@code file_server_hosts}, validated before they are used. */
final class MysqlHostStore {
    static final List<TableField<?, ?>> FIELDS = List.of(
            FILE_SERVER_HOSTS.NAME, FILE_SERVER_HOSTS.ADDRESS, FILE_SERVER_HOSTS.PORT, FILE_SERVER_HOSTS.HOST_KEY);

    private MysqlHostStore() {}

    /**
     * Returns the route to the hosts of the server.
     *
     * @throws IllegalArgumentException if the server has no host or one of its rows is invalid
     */
    static Route of(DSLContext sql, String server) {
        return route(
                server,
                sql.select(FIELDS)
                        .from(FILE_SERVER_HOSTS)
                        .where(FILE_SERVER_HOSTS.SERVER.eq(server))
                        .orderBy(FILE_SERVER_HOSTS.POSITION)
                        .fetch());
    }

    /** @param rows hosts in order; a row without a host, from an outer join, is skipped */
    static Route route(String server, List<? extends Record> rows) {
        List<FileServerHost> hosts = rows.stream()
                .filter(row -> row.get(FILE_SERVER_HOSTS.NAME) != null)
                .map(MysqlHostStore::host)
                .toList();
        return new Route(server, hosts);
    }

    static void insert(DSLContext sql, String server, FileServerHost host, int position) {
        sql.insertInto(FILE_SERVER_HOSTS)
                .set(FILE_SERVER_HOSTS.SERVER, server)
                .set(FILE_SERVER_HOSTS.NAME, host.name())
                .set(FILE_SERVER_HOSTS.POSITION, position)
                .set(FILE_SERVER_HOSTS.ADDRESS, host.address())
                .set(FILE_SERVER_HOSTS.PORT, host.port())
                .set(FILE_SERVER_HOSTS.HOST_KEY, host.hostKey().text())
                .execute();
    }

    private static FileServerHost host(Record row) {
        return new FileServerHost(
                row.get(FILE_SERVER_HOSTS.NAME),
                row.get(FILE_SERVER_HOSTS.ADDRESS),
                row.get(FILE_SERVER_HOSTS.PORT),
                FileServerHost.parseHostKey(row.get(FILE_SERVER_HOSTS.HOST_KEY)));
    }
}
