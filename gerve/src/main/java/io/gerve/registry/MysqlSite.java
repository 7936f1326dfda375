package io.gerve.registry;

import static io.gerve.sql.schema.Tables.SITE;

import java.util.Optional;

/** The site's switches. */
public final class MysqlSite {
    private static final int THE_ROW = 1;

    private final MysqlLedger ledger;

    public MysqlSite(MysqlLedger ledger) {
        this.ledger = ledger;
    }

    /** @return why pushes are refused everywhere; empty while they are taken */
    public Optional<Words> readOnly() throws Refused, Unreachable {
        return ledger.read(sql -> sql.select(SITE.READ_ONLY_REASON)
                .from(SITE)
                .where(SITE.ID.eq(THE_ROW))
                .fetchOptional(SITE.READ_ONLY_REASON)
                .map(Words::new));
    }

    /** @param reason is told to everybody who pushes; empty to take pushes again */
    public void setReadOnly(Optional<Words> reason) throws Refused, Unreachable {
        ledger.change(entry -> {
            String before = entry.sql()
                    .select(SITE.READ_ONLY_REASON)
                    .from(SITE)
                    .where(SITE.ID.eq(THE_ROW))
                    .forUpdate()
                    .fetchSingle(SITE.READ_ONLY_REASON);
            entry.sql()
                    .update(SITE)
                    .set(SITE.READ_ONLY_REASON, reason.map(Words::text).orElse(null))
                    .where(SITE.ID.eq(THE_ROW))
                    .execute();
            entry.grant("site-read-only", change -> {
                change.setBeforeValue(before);
                change.setAfterValue(reason.map(Words::text).orElse(null));
            });
            entry.siteChanged();
            return reason;
        });
    }
}
