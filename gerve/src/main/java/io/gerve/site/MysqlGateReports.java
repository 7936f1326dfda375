package io.gerve.site;

import static io.gerve.sql.schema.Tables.GATE_REPORTS;

import io.gerve.config.SettingHashes;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.Database;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jooq.Field;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;

/** Reports of the gates in the database. Each gate renews its own. Safe for use by many threads. */
public final class MysqlGateReports {
    /** Time of the database, which all reports share. */
    private static final Field<Instant> NOW = DSL.field("UTC_TIMESTAMP(6)", GATE_REPORTS.SEEN_AT.getDataType());

    private static final int REPORTS_MAX = 1000;

    private final Database database;

    public MysqlGateReports(Database database) {
        this.database = database;
    }

    /**
     * A report in the database.
     *
     * @param seenAt time of the database at which the gate reported
     * @param silentFor time since then
     */
    public record Received(GateReport report, Instant seenAt, Duration silentFor) {}

    /** @throws LookupUnavailable if the database does not answer, or the user may not write reports */
    void write(GateReport report) throws LookupUnavailable {
        try {
            // Not INSERT … ON DUPLICATE KEY UPDATE, for which MariaDB 11.4 requires the right to update the key.
            int updated = database.sql()
                    .update(GATE_REPORTS)
                    .set(values(report))
                    .where(GATE_REPORTS.GATE.eq(report.gate()))
                    .and(GATE_REPORTS.PROGRAM.eq(report.program()))
                    .execute();
            if (updated == 0) {
                database.sql()
                        .insertInto(GATE_REPORTS)
                        .set(GATE_REPORTS.GATE, report.gate())
                        .set(GATE_REPORTS.PROGRAM, report.program())
                        .set(values(report))
                        .execute();
            }
        } catch (DataAccessException e) {
            throw new LookupUnavailable("Report of the gate", e);
        }
    }

    private static Map<Field<?>, Object> values(GateReport report) {
        return Map.of(
                GATE_REPORTS.ACCOUNT, report.account(),
                GATE_REPORTS.CONFIG_FILE, report.configFile(),
                GATE_REPORTS.STARTED_AT, report.startedAt(),
                GATE_REPORTS.CLOCK, report.clock(),
                GATE_REPORTS.SEEN_AT, NOW,
                GATE_REPORTS.REFUSED_PROXY_HEADERS, report.refusedProxyHeaders(),
                GATE_REPORTS.SETTINGS, report.settings().text());
    }

    /** Returns the newest reports, at most a thousand, ordered by gate and program. */
    public List<Received> all() throws LookupUnavailable {
        try {
            return database.sql()
                    .select(GATE_REPORTS.asterisk(), NOW)
                    .from(GATE_REPORTS)
                    .orderBy(GATE_REPORTS.GATE, GATE_REPORTS.PROGRAM)
                    .limit(REPORTS_MAX)
                    .fetch(row -> new Received(
                            new GateReport(
                                    row.get(GATE_REPORTS.GATE),
                                    row.get(GATE_REPORTS.PROGRAM),
                                    row.get(GATE_REPORTS.ACCOUNT),
                                    row.get(GATE_REPORTS.CONFIG_FILE),
                                    row.get(GATE_REPORTS.STARTED_AT),
                                    row.get(GATE_REPORTS.CLOCK),
                                    row.get(GATE_REPORTS.REFUSED_PROXY_HEADERS),
                                    SettingHashes.parse(row.get(GATE_REPORTS.SETTINGS))),
                            row.get(GATE_REPORTS.SEEN_AT),
                            Duration.between(row.get(GATE_REPORTS.SEEN_AT), row.get(NOW))));
        } catch (DataAccessException e) {
            throw new LookupUnavailable("Look-up of the gates", e);
        }
    }
}
