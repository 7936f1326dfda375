package io.gerve.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.conf.Settings;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * The pool of connections, and jOOQ on top of it. It opens even while the server is away; only queries fail then.
 *
 * <p>Safe for use by many threads, virtual ones too.
 */
public final class Database implements AutoCloseable {
    static {
        System.setProperty("org.jooq.no-logo", "true");
        System.setProperty("org.jooq.no-tips", "true");
    }

    /** A slow query is to be cancelled on the server, which says so, before the silence of a frozen one is judged. */
    private static final Duration SILENCE_BEYOND_TIMEOUT = Duration.ofMillis(250);

    /**
     * MariaDB fails by default, from 11.6 on, a transaction that locks a row which changed since it began to read; others lock the row as
     * it is now, which is what is wanted and tested. MySQL and older ones take the second half for a comment.
     */
    private static final String LOCK_WHAT_OTHERS_CHANGED =
            "SET @gerve = 1 /*M!110402 , innodb_snapshot_isolation = OFF */";

    private static final Duration LEAK_AFTER = Duration.ofMinutes(1);

    private final HikariDataSource pool;
    private final Settings settings;
    private volatile @Nullable DSLContext sql;

    public Database(DatabaseSettings settings) {
        this.settings = new Settings()
                .withRenderSchema(false)
                .withExecuteLogging(false)
                // Nobody reads them, and Connector/J answers with a NullPointerException if asked for them while the
                // pool closes
                // the connection of a server that stands still.
                .withFetchWarnings(false)
                .withQueryTimeout(secondsRoundedUp(settings.queryTimeout()));
        this.pool = new HikariDataSource(poolOf(settings));
    }

    /**
     * For queries, and for transactions through {@link DSLContext#transaction}. The first call that reaches the server finds
     * out whether it is MariaDB or MySQL; until then each call asks anew.
     *
     * @throws DataAccessException if the server does not answer in time, so that nothing may be concluded; the queries
     *     made with the result throw the same for the same reason
     */
    public DSLContext sql() {
        var known = sql;
        if (known != null) {
            return known;
        }
        var found = DSL.using(pool, dialect(), settings);
        sql = found;
        return found;
    }

    /** Closes every connection; a query that runs fails. May be called twice. */
    @Override
    public void close() {
        pool.close();
    }

    /** MySQL's upsert is not MariaDB's, and Connector/J calls both "MySQL": only the version tells. */
    private SQLDialect dialect() {
        try (var connection = pool.getConnection()) {
            var version = connection.getMetaData().getDatabaseProductVersion();
            return version.toLowerCase(Locale.ROOT).contains("mariadb") ? SQLDialect.MARIADB : SQLDialect.MYSQL;
        } catch (SQLException e) {
            throw new DataAccessException("the database does not answer", e);
        }
    }

    private static HikariConfig poolOf(DatabaseSettings settings) {
        var timeout = settings.queryTimeout();
        var config = new HikariConfig();
        config.setPoolName("gerve-database");
        config.setJdbcUrl(settings.url());
        config.setUsername(settings.user());
        config.setPassword(settings.password());
        config.setMaximumPoolSize(settings.maximumPoolSize());
        config.setConnectionTimeout(timeout.toMillis());
        config.setValidationTimeout(Math.max(250, timeout.toMillis() / 4));
        config.setInitializationFailTimeout(-1);
        // What a transaction sees must not depend on how the server was set up. Where this is the default, it is free.
        config.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
        config.setConnectionInitSql(LOCK_WHAT_OTHERS_CHANGED);
        config.setLeakDetectionThreshold(LEAK_AFTER.toMillis());
        config.setRegisterMbeans(false);
        DriverOptions.of(timeout, timeout.plus(SILENCE_BEYOND_TIMEOUT)).forEach(config::addDataSourceProperty);
        return config;
    }

    /** JDBC counts whole seconds, and takes 0 for "forever". */
    private static int secondsRoundedUp(Duration timeout) {
        return Math.toIntExact(timeout.plusMillis(999).toSeconds());
    }
}
