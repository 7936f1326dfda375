package io.gerve.cli;

import io.gerve.admin.ChangeRefused;
import io.gerve.admin.DependencyUnavailable;
import io.gerve.cli.output.Table;
import io.gerve.config.InvalidConfig;
import io.gerve.program.ExitStatus;
import io.gerve.sql.Migrations;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code gerve migrate}. */
@Command(
        name = "migrate",
        header = "Migrate the database to this version's schema.",
        description = {
            "",
            "Creates the tables in an empty database, or changes those of an older Gerve. If two run at the same"
                    + " time, the second waits for"
                    + " the first. Run it before you start the programs of a new version."
        })
final class MigrateCommand implements Callable<Integer> {
    private static final Table<Migrations.Applied> APPLIED = Table.<Migrations.Applied>rows()
            .column("before", Migrations.Applied::before)
            .column("after", Migrations.Applied::after)
            .column("scripts", Migrations.Applied::scripts);

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Gerve gerve;

    @Override
    public Integer call() throws InvalidConfig, ChangeRefused, DependencyUnavailable {
        try {
            gerve.printOne(APPLIED, new Migrations(gerve.config().database()).apply());
            return ExitStatus.DONE;
        } catch (SQLException e) {
            if (isConnectionFailure(e)) {
                throw new DependencyUnavailable("The database did not answer: " + e.getMessage() + ". Try again.", e);
            }
            throw new ChangeRefused(String.valueOf(e.getMessage()));
        }
    }

    /** Returns whether the connection failed: its SQL states are those of class 08 (SQL:2023, section 24.1). */
    private static boolean isConnectionFailure(SQLException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql
                    && String.valueOf(sql.getSQLState()).startsWith("08")) {
                return true;
            }
        }
        return false;
    }
}
