package io.gerve.audit;

import io.gerve.sql.Database;
import io.gerve.sql.DatabaseSettings;
import io.gerve.sql.testing.RunningMariaDb;
import java.time.Duration;
import java.util.stream.IntStream;
import org.jooq.DSLContext;

/**
 * A database with a count of the rows that it reads, of tables and of indexes. MySQL and MariaDB count them for each
 * session, so there is one connection.
 */
public final class RowsRead implements AutoCloseable {
    /** The number of rows of the table {@code numbers}. */
    public static final int NUMBERS = 1 << 15;

    private final Database database;

    public RowsRead() {
        DatabaseSettings settings = RunningMariaDb.shared().newMigratedDatabase();
        this.database = new Database(
                new DatabaseSettings(settings.url(), settings.user(), settings.password(), 1, Duration.ofMinutes(1)));
        // With index condition pushdown, rows that the storage engine skips are not counted.
        sql().execute("SET SESSION optimizer_switch = 'index_condition_pushdown=off'");
        // Speeds up inserting; the rows are known to be valid.
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

    /**
     * Inserts a row for each of the numbers.
     *
     * @param columns the table with its columns
     * @param values expressions of {@code n}, which is from 1 to {@link #NUMBERS}
     * @param condition a condition on {@code n}
     */
    public void fill(String columns, String values, String condition) {
        sql().execute("INSERT INTO " + columns + " SELECT " + values + " FROM numbers WHERE " + condition);
    }

    /** Something that queries the database. */
    public interface Query {
        void run() throws Exception;
    }

    /** Returns the number of rows that the query reads. */
    public long of(Query query) throws Exception {
        long start = counted();
        long counting = counted() - start;
        query.run();
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
