package io.gerve.admin;

import static io.gerve.sql.schema.Tables.SITE;

import io.gerve.sql.ChangeKind;
import java.util.Optional;

/** The site's switches. */
public final class MysqlSiteStore {
    private static final int THE_ROW = 1;

    private final AuditedTransaction ledger;

    public MysqlSiteStore(AuditedTransaction ledger) {
        this.ledger = ledger;
    }

    /** @return why pushes are refused everywhere; empty while they are taken */
    public Optional<OperatorMessage> readOnly() throws ChangeRefused, DependencyUnavailable {
        return ledger.query(sql -> sql.select(SITE.READ_ONLY_REASON)
                .from(SITE)
                .where(SITE.ID.eq(THE_ROW))
                .fetchOptional(SITE.READ_ONLY_REASON)
                .map(OperatorMessage::new));
    }

    /** @param reason is told to everybody who pushes; empty to take pushes again */
    public void setReadOnly(Optional<OperatorMessage> reason) throws ChangeRefused, DependencyUnavailable {
        ledger.change(entry -> {
            String before = entry.sql()
                    .select(SITE.READ_ONLY_REASON)
                    .from(SITE)
                    .where(SITE.ID.eq(THE_ROW))
                    .forUpdate()
                    .fetchSingle(SITE.READ_ONLY_REASON);
            entry.sql()
                    .update(SITE)
                    .set(
                            SITE.READ_ONLY_REASON,
                            reason.map(OperatorMessage::text).orElse(null))
                    .where(SITE.ID.eq(THE_ROW))
                    .execute();
            entry.recordChange(ChangeKind.SITE_READ_ONLY, change -> {
                change.setBeforeValue(before);
                change.setAfterValue(reason.map(OperatorMessage::text).orElse(null));
            });
            entry.siteChanged();
            return reason;
        });
    }
}
