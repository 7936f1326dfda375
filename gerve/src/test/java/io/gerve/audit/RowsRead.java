package io.gerve.audit;

import io.gerve.sql.Database;
import io.gerve.sql.DatabaseSettings;
import io.gerve.sql.testing.RunningMariaDb;
import java.time.Duration;
import java.util.stream.IntStream;
import org.jooq.DSLContext;

/**
 * A database that says how many rows it read for a question, of tables and of indexes, by what every MySQL and MariaDB counts for a session;
 * so there is one connection.
 */
public final class RowsRead implements AutoCloseable {
    /** How many rows {@code numbers} has. */
    public static final int NUMBERS = 1 << 15;

    private final Database database;

    public RowsRead() {
        DatabaseSettings settings = RunningMariaDb.shared().newMigratedDatabase();
        this.database = new Database(
                new DatabaseSettings(settings.url(), settings.user(), settings.password(), 1, Duration.ofMinutes(1)));
        // What an index holds and the engine passes over by itself would not be counted.
        sql().execute("SET SESSION optimizer_switch = 'index_condition_pushdown=off'");
        // Rows are made by the ten thousand, and right.
        sql().execute("SET SESSION foreign_key_checks = 0, unique_checks = 0");
        sql().execute("CREATE TABLE numbers (n INT NOT NULL PRIMARY KEY)");
        sql().execute("INSERT INTO numbers VALUES (1)");
        IntStream.iterate(1, count -> count < NUMBERS, count -> 2 * count)
                .forEach(count -> sql().execute("INSERT INTO numbers SELECT n + " + count + " FROM numbers"));
    }

    public Database database() {
        return database;
    }

    public DSLContext sql() {
        return database.sql();
    }

    /** Makes a row of each of the numbers.
     *  @param columns with the table
     *  @param values of {@code n}, which is from 1 to {@link #NUMBERS}
     *  @param condition on {@code n} */
    public void fill(String columns, String values, String condition) {
        sql().execute("INSERT INTO " + columns + " SELECT " + values + " FROM numbers WHERE " + condition);
    }

    /** What is asked. */
    public interface Question {
        void ask() throws Exception;
    }

    /** How many rows were read for it. */
    public long of(Question question) throws Exception {
        long start = counted();
        long counting = counted() - start;
        question.ask();
        return counted() - start - 2 * counting;
    }

    private long counted() {
        return sql().fetch("SHOW SESSION STATUS LIKE 'Handler_read_%'").stream()
                .mapToLong(row -> row.get(1, Long.class))
                .sum();
    }

    @Override
    public void close() {
        database.close();
    }
}
