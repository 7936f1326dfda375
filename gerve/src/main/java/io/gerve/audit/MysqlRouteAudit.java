package io.gerve.audit;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.FILE_SERVERS;
import static io.gerve.sql.schema.Tables.FILE_SERVER_HOSTS;
import static io.gerve.sql.schema.Tables.REPOSITORIES;
import static io.gerve.sql.schema.Tables.ROUTES;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.select;

import io.gerve.audit.access.Results;
import io.gerve.audit.snapshot.MysqlSnapshotFacts;
import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.key.InvalidKey;
import io.gerve.keylookup.key.PublicKey;
import io.gerve.lookup.LookupUnavailable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jooq.DSLContext;

/** Audit of routes: file servers with their number of owners, and owners with their file servers. */
public final class MysqlRouteAudit {
    private static final int PAGE = 1000;
    private static final String WHAT = "routes";

    private final Supplier<DSLContext> database;

    public MysqlRouteAudit(Supplier<DSLContext> database) {
        this.database = database;
    }

    /** Returns all file servers, ordered by name. */
    public List<ServerAuditEntry> servers() throws LookupUnavailable {
        return MysqlLookup.of("file servers", () -> {
            DSLContext sql = database.get();
            return sql.select(FILE_SERVERS.NAME)
                    .from(FILE_SERVERS)
                    .orderBy(FILE_SERVERS.NAME)
                    .fetch(row -> server(sql, row.value1()));
        });
    }

    /** Returns every account with its file server, in the order in which the accounts were created. */
    public Results<OwnerAuditEntry> owners() {
        return owners(0);
    }

    /**
     * Returns the accounts that were created after the given one, as {@link #owners()} does.
     *
     * @return empty if there is no such account
     */
    public Optional<Results<OwnerAuditEntry>> ownersAfter(Login login) throws LookupUnavailable {
        return MysqlLookup.of(WHAT, () -> MysqlSnapshotFacts.idOf(database.get(), login))
                .map(this::owners);
    }

    private record OwnerRow(long id, OwnerAuditEntry entry) {}

    private Results<OwnerAuditEntry> owners(long after) {
        return MysqlLookup.each(
                WHAT,
                Results.inPages(PAGE, after, OwnerRow::id, this::page)
                        .flatMap(page ->
                                Results.of(page.stream().map(OwnerRow::entry).toList())));
    }

    private List<OwnerRow> page(long after) {
        var repositories = field(select(count()).from(REPOSITORIES).where(REPOSITORIES.OWNER_ID.eq(ACCOUNTS.ID)))
                .as("repositories");
        return database.get()
                .select(ACCOUNTS.ID, ACCOUNTS.LOGIN, ACCOUNTS.KIND, ROUTES.SERVER, repositories)
                .from(ACCOUNTS)
                .leftJoin(ROUTES)
                .on(ROUTES.OWNER_ID.eq(ACCOUNTS.ID))
                .where(ACCOUNTS.ID.gt(after))
                .orderBy(ACCOUNTS.ID)
                .limit(PAGE)
                .fetch(row -> new OwnerRow(
                        row.value1(),
                        new OwnerAuditEntry(
                                row.value2(),
                                row.value3(),
                                Objects.requireNonNullElse(row.value4(), ""),
                                row.value5())));
    }

    private static ServerAuditEntry server(DSLContext sql, String name) {
        List<String> hosts = new ArrayList<>();
        List<String> issues = new ArrayList<>();
        sql.selectFrom(FILE_SERVER_HOSTS)
                .where(FILE_SERVER_HOSTS.SERVER.eq(name))
                .orderBy(FILE_SERVER_HOSTS.POSITION)
                .forEach(host -> {
                    hosts.add(host.getName());
                    if (!isKey(host.getHostKey())) {
                        issues.add("host " + host.getName() + " has no pinned key");
                    }
                });
        if (hosts.isEmpty()) {
            issues.add("has no host");
        } else if (hosts.size() == 1) {
            issues.add("has no standby");
        }
        return new ServerAuditEntry(name, sql.fetchCount(ROUTES, ROUTES.SERVER.eq(name)), hosts, issues);
    }

    private static boolean isKey(String line) {
        try {
            return !PublicKey.ofLine(line).fingerprint().text().isEmpty();
        } catch (InvalidKey _) {
            return false;
        }
    }
}
