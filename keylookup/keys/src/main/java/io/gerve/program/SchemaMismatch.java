package io.gerve.program;

import io.gerve.sql.DatabaseSettings;
import io.gerve.sql.Migrations;
import java.io.Serial;
import java.sql.SQLException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The database has not the schema that this version needs. The message says which it has. */
public final class SchemaMismatch extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    private static final Logger LOG = LoggerFactory.getLogger(SchemaMismatch.class);

    private SchemaMismatch(String message) {
        super(message);
    }

    /** A database that does not answer is no reason not to start: it will be asked again. */
    public static void requireCurrent(DatabaseSettings database) throws SchemaMismatch {
        try {
            Optional<String> pending = new Migrations(database).pending();
            if (pending.isPresent()) {
                throw new SchemaMismatch(pending.get());
            }
        } catch (SQLException e) {
            LOG.warn("the database does not answer; starting all the same", e);
        }
    }
}
