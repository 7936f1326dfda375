package io.gerve.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gerve.sql.schema.DefaultSchema;
import io.gerve.sql.testing.RunningMariaDb;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

class MigrationsIT {
    private final DatabaseSettings settings = RunningMariaDb.shared().newDatabase();
    private final Migrations migrations = new Migrations(settings);

    @Test
    void newDatabaseIsMigratedOnce() throws SQLException {
        assertThat(migrations.pending())
                .hasValueSatisfying(why -> assertThat(why).contains("older than this program"));

        var first = migrations.apply();
        assertThat(first.before()).isEmpty();
        assertThat(first.scripts()).isEqualTo(SchemaHistory.SCRIPTS);
        assertThat(migrations.pending()).isEmpty();

        assertThat(migrations.apply()).isEqualTo(new Migrations.Applied(first.after(), first.after(), List.of()));
    }

    @Test
    void everyGeneratedTableExists() throws SQLException {
        migrations.apply();
        try (var database = new Database(settings)) {
            assertThat(DefaultSchema.DEFAULT_SCHEMA.getTables())
                    .isNotEmpty()
                    .allSatisfy(table ->
                            assertThat(database.sql().fetchCount(table)).isNotNegative());
        }
    }

    @Test
    void olderSchemaIsReported() throws SQLException {
        migrations.apply();
        String last = SchemaHistory.SCRIPTS.getLast();
        execute("DELETE FROM flyway_schema_history WHERE script = '" + last + "'");
        assertThat(migrations.pending())
                .hasValueSatisfying(why -> assertThat(why).contains("older than this program and lacks " + last + "."));
    }

    @Test
    void failedMigrationIsReportedAndNotRepeated() throws SQLException {
        migrations.apply();
        execute("UPDATE flyway_schema_history SET success = 0 WHERE script = '" + SchemaHistory.SCRIPTS.getLast()
                + "'");
        assertThat(migrations.pending())
                .hasValueSatisfying(why -> assertThat(why).contains("failed and is partially applied"));
        assertThatThrownBy(migrations::apply).hasMessageContaining("failed and is partially applied");
    }

    @Test
    void newerSchemaIsReportedAndNotChanged() throws SQLException {
        migrations.apply();
        execute("""
                INSERT INTO flyway_schema_history
                  (installed_rank, version, description, type, script, installed_by, execution_time, success)
                VALUES (999, '999', 'from the future', 'SQL', 'V999__from_the_future.sql', 'test', 1, 1)""");
        assertThat(migrations.pending())
                .hasValueSatisfying(
                        why -> assertThat(why).contains("newer than this program", "V999__from_the_future.sql"));
        assertThatThrownBy(migrations::apply)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("newer than this program");
    }

    private void execute(String statement) {
        try (var database = new Database(settings)) {
            database.sql().execute(statement);
        }
    }
}
