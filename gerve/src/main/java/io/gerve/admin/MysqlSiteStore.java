package io.gerve.admin;

import static io.gerve.sql.schema.Tables.SITE;

import io.gerve.sql.ChangeKind;
import java.time.Instant;
import java.util.Optional;

/** Storage of the site's settings that can be changed at run time. */
public final class MysqlSiteStore {
    private static final int ROW_ID = 1;

    private final AuditedTransaction transactions;

    public MysqlSiteStore(AuditedTransaction transactions) {
        this.transactions = transactions;
    }

    /** Returns the reason for which the site refuses all pushes, or empty if the site is not read-only. */
    public Optional<OperatorMessage> readOnly() throws ChangeRefused, DependencyUnavailable {
        return transactions.query(sql -> sql.select(SITE.READ_ONLY_REASON)
                .from(SITE)
                .where(SITE.ID.eq(ROW_ID))
                .fetchOptional(SITE.READ_ONLY_REASON)
                .map(OperatorMessage::new));
    }

    /**
     * Makes the site read-only or writable.
     *
     * @param reason the message to every client that pushes; empty to accept pushes again
     */
    public void setReadOnly(Optional<OperatorMessage> reason) throws ChangeRefused, DependencyUnavailable {
        transactions.change(context -> {
            String before = context.sql()
                    .select(SITE.READ_ONLY_REASON)
                    .from(SITE)
                    .where(SITE.ID.eq(ROW_ID))
                    .forUpdate()
                    .fetchSingle(SITE.READ_ONLY_REASON);
            context.sql()
                    .update(SITE)
                    .set(
                            SITE.READ_ONLY_REASON,
                            reason.map(OperatorMessage::text).orElse(null))
                    .where(SITE.ID.eq(ROW_ID))
                    .execute();
            context.recordChange(ChangeKind.SITE_READ_ONLY, change -> {
                change.setBeforeValue(before);
                change.setAfterValue(reason.map(OperatorMessage::text).orElse(null));
            });
            context.siteChanged();
            return reason;
        });
    }

    /**
     * Records that somebody removes the older records of the access log.
     *
     * @param before records before this time are removed
     */
    public void recordPruning(Instant before) throws ChangeRefused, DependencyUnavailable {
        transactions.change(context -> {
            context.recordChange(
                    ChangeKind.ACCESS_LOG_PRUNED, change -> change.setAfterValue("records before " + before));
            return before;
        });
    }
}
