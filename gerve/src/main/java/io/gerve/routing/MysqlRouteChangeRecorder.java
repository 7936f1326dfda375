package io.gerve.routing;

import static io.gerve.sql.schema.Tables.FILE_SERVERS;
import static io.gerve.sql.schema.Tables.FILE_SERVER_HOSTS;
import static io.gerve.sql.schema.Tables.GRANT_CHANGES;

import io.gerve.keylookup.directory.Actor;
import io.gerve.sql.ChangeKind;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jspecify.annotations.Nullable;

/**
 * Recorder of changes of routes and file servers: writes each with its actor to {@code grant_changes}, in the
 * transaction of the change.
 */
final class MysqlRouteChangeRecorder {
    private static final int VALUE_MAX = 500;

    private final Actor actor;
    private final InstantSource clock;

    MysqlRouteChangeRecorder(Actor actor, InstantSource clock) {
        this.actor = actor;
        this.clock = clock;
    }

    /**
     * State of a file server: its hosts in order, and the address and host key of each.
     *
     * @param values values by kind and, for a host, its name; empty if the server does not exist
     */
    record Snapshot(Map<String, String> values) {
        Snapshot {
            values = Map.copyOf(values);
        }

        static Snapshot of(DSLContext sql, String server) {
            // MySQL raises an error for a comparison with characters that the column cannot hold.
            if (!Route.isName(server)) {
                return new Snapshot(Map.of());
            }
            Map<String, String> values = new LinkedHashMap<>();
            List<? extends Record> hosts = sql.select(MysqlHostStore.FIELDS)
                    .from(FILE_SERVER_HOSTS)
                    .where(FILE_SERVER_HOSTS.SERVER.eq(server))
                    .orderBy(FILE_SERVER_HOSTS.POSITION)
                    .fetch();
            if (sql.fetchExists(FILE_SERVERS, FILE_SERVERS.NAME.eq(server))) {
                List<String> names = hosts.stream()
                        .map(host -> host.get(FILE_SERVER_HOSTS.NAME))
                        .toList();
                values.put(ChangeKind.FILE_SERVER.label(), server + ": " + String.join(", ", names));
            }
            for (Record host : hosts) {
                values.put(
                        ChangeKind.FILE_SERVER_HOST.label() + " " + host.get(FILE_SERVER_HOSTS.NAME),
                        server + ": " + text(host));
            }
            return new Snapshot(values);
        }

        private static String text(Record host) {
            return "%s at %s port %d, %s"
                    .formatted(
                            host.get(FILE_SERVER_HOSTS.NAME),
                            host.get(FILE_SERVER_HOSTS.ADDRESS),
                            host.get(FILE_SERVER_HOSTS.PORT),
                            fingerprint(host.get(FILE_SERVER_HOSTS.HOST_KEY)));
        }

        private static String fingerprint(String hostKey) {
            try {
                return FileServerHost.parseHostKey(hostKey).fingerprint().text();
            } catch (IllegalArgumentException _) {
                return "a key that cannot be read";
            }
        }
    }

    /** Writes a row for each value that changed. */
    void server(DSLContext sql, Snapshot before, Snapshot after) {
        var keys = new TreeSet<>(before.values().keySet());
        keys.addAll(after.values().keySet());
        for (String key : keys) {
            ChangeKind kind = ChangeKind.valueOf(key.split(" ", 2)[0].toUpperCase(Locale.ROOT));
            add(sql, kind, null, before.values().get(key), after.values().get(key));
        }
    }

    /** @param before previous server; empty if the owner had no route */
    void route(DSLContext sql, long owner, Optional<String> before, String after) {
        add(sql, ChangeKind.ROUTE, owner, before.orElse(null), after);
    }

    private void add(
            DSLContext sql, ChangeKind kind, @Nullable Long account, @Nullable String before, @Nullable String after) {
        if (Objects.equals(before, after)) {
            return;
        }
        sql.insertInto(GRANT_CHANGES)
                .set(GRANT_CHANGES.CHANGED_AT, clock.instant())
                .set(GRANT_CHANGES.ACTOR, actor.name())
                .set(GRANT_CHANGES.PROGRAM, actor.program())
                .set(GRANT_CHANGES.KIND, kind)
                .set(GRANT_CHANGES.ACCOUNT_ID, account)
                .set(GRANT_CHANGES.BEFORE_VALUE, truncated(before))
                .set(GRANT_CHANGES.AFTER_VALUE, truncated(after))
                .execute();
    }

    private static @Nullable String truncated(@Nullable String value) {
        return value == null || value.length() <= VALUE_MAX ? value : value.substring(0, VALUE_MAX);
    }
}
