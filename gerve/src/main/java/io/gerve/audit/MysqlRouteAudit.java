package io.gerve.audit;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.FILE_SERVERS;
import static io.gerve.sql.schema.Tables.FILE_SERVER_HOSTS;
import static io.gerve.sql.schema.Tables.REPOSITORIES;
import static io.gerve.sql.schema.Tables.ROUTES;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.select;

import io.gerve.audit.access.AccessEntry;
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
import org.jooq.exception.DataAccessException;

/** Audit of routes: file servers with their number of owners, and owners with their file servers. */
public final class MysqlRouteAudit {
    private static final int PAGE = 1000;

    private final Supplier<DSLContext> database;

    public MysqlRouteAudit(Supplier<DSLContext> database) {
        this.database = database;
    }

    /** Returns all file servers, ordered by name. */
    public List<ServerAuditEntry> servers() throws LookupUnavailable {
        try {
            DSLContext sql = database.get();
            return sql.select(FILE_SERVERS.NAME)
                    .from(FILE_SERVERS)
                    .orderBy(FILE_SERVERS.NAME)
                    .fetch(row -> server(sql, row.value1()));
        } catch (DataAccessException e) {
            throw new LookupUnavailable("file servers", e);
        }
    }

    /** Reports every account with its file server, in the order in which the accounts were created. */
    public void owners(AccessEntry.Sink<OwnerAuditEntry> sink) throws LookupUnavailable {
        owners(0, sink);
    }

    /**
     * Reports the accounts that were created after the given one, as {@link #owners(AccessEntry.Sink)} does.
     *
     * @return false if there is no such account
     */
    public boolean ownersAfter(Login login, AccessEntry.Sink<OwnerAuditEntry> sink) throws LookupUnavailable {
        Optional<Long> account = idOf(login);
        if (account.isPresent()) {
            owners(account.get(), sink);
        }
        return account.isPresent();
    }

    private Optional<Long> idOf(Login login) throws LookupUnavailable {
        try {
            return MysqlSnapshotFacts.idOf(database.get(), login);
        } catch (DataAccessException e) {
            throw new LookupUnavailable("routes", e);
        }
    }

    private void owners(long after, AccessEntry.Sink<OwnerAuditEntry> sink) throws LookupUnavailable {
        try {
            DSLContext sql = database.get();
            long last = after;
            int size;
            do {
                var repositories = field(
                                select(count()).from(REPOSITORIES).where(REPOSITORIES.OWNER_ID.eq(ACCOUNTS.ID)))
                        .as("repositories");
                var page = sql.select(ACCOUNTS.ID, ACCOUNTS.LOGIN, ACCOUNTS.KIND, ROUTES.SERVER, repositories)
                        .from(ACCOUNTS)
                        .leftJoin(ROUTES)
                        .on(ROUTES.OWNER_ID.eq(ACCOUNTS.ID))
                        .where(ACCOUNTS.ID.gt(last))
                        .orderBy(ACCOUNTS.ID)
                        .limit(PAGE)
                        .fetch();
                size = page.size();
                for (var row : page) {
                    last = row.value1();
                    var entry = new OwnerAuditEntry(
                            row.value2(), row.value3(), Objects.requireNonNullElse(row.value4(), ""), row.value5());
                    if (!sink.accept(entry)) {
                        return;
                    }
                }
            } while (size == PAGE);
        } catch (DataAccessException e) {
            throw new LookupUnavailable("routes", e);
        }
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
