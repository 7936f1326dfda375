package io.gerve.program;

import io.gerve.sql.DatabaseSettings;
import io.gerve.sql.Migrations;
import java.io.Serial;
import java.sql.SQLException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exception for a database whose schema does not match this version of the program. The message is for the operator.
 */
public final class SchemaMismatch extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    private static final Logger LOG = LoggerFactory.getLogger(SchemaMismatch.class);

    private SchemaMismatch(String message) {
        super(message);
    }

    /**
     * Checks that the schema matches this program. If the database does not answer, the check is skipped, so that the
     * program can start during an outage.
     *
     * @throws SchemaMismatch if the schema is older or newer than the program
     */
    public static void requireCurrent(DatabaseSettings database) throws SchemaMismatch {
        try {
            Optional<String> pending = new Migrations(database).pending();
            if (pending.isPresent()) {
                throw new SchemaMismatch(pending.get());
            }
        } catch (SQLException e) {
            LOG.warn("Database unavailable, starting without a check of the schema", e);
        }
    }
}
