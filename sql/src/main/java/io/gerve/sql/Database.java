package io.gerve.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.conf.Settings;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connection pool to the database, with jOOQ on top of it. The pool opens even while the server is down; queries fail
 * until the server is back.
 *
 * <p>Safe for use by many threads, including virtual threads.
 */
public final class Database implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    static {
        System.setProperty("org.jooq.no-logo", "true");
        System.setProperty("org.jooq.no-tips", "true");
    }

    /**
     * How much longer the socket timeout is than the query timeout. The server then has time to cancel a slow query and
     * report it before the driver takes the server for frozen.
     */
    private static final Duration SOCKET_TIMEOUT_MARGIN = Duration.ofMillis(250);

    /**
     * Makes locking reads lock the current version of a row. By default, MariaDB 11.6 and later abort a transaction
     * that locks a row which another transaction changed after the first read. MySQL and older versions of MariaDB
     * treat the second half of the statement as a comment.
     */
    private static final String LOCK_CURRENT_ROWS = "SET @gerve = 1 /*M!110402 , innodb_snapshot_isolation = OFF */";

    private static final Duration LEAK_DETECTION_THRESHOLD = Duration.ofMinutes(1);

    private final HikariDataSource pool;
    private final Settings settings;
    private volatile @Nullable DSLContext sql;

    public Database(DatabaseSettings settings) {
        this.settings = new Settings()
                .withRenderSchema(false)
                .withExecuteLogging(false)
                // Gerve does not read warnings. Connector/J throws a NullPointerException if jOOQ fetches them while
                // the pool closes the connection to a frozen server.
                .withFetchWarnings(false)
                .withQueryTimeout(secondsRoundedUp(settings.queryTimeout()));
        this.pool = new HikariDataSource(poolOf(settings));
    }

    /**
     * Returns the jOOQ context for queries, and for transactions through {@link DSLContext#transaction}. The first call
     * that reaches the server detects whether it is MariaDB or MySQL.
     *
     * @throws DataAccessException if the server does not answer within the query timeout; nothing may be concluded from
     *     this. Queries made with the result throw it for the same reason.
     */
    public DSLContext sql() {
        var cached = sql;
        if (cached != null) {
            return cached;
        }
        var created = DSL.using(pool, dialect(), settings);
        sql = created;
        return created;
    }

    /** Returns why the server does not answer a query, or empty if it does. */
    public Optional<String> fault() {
        try {
            sql().selectOne().fetch();
            return Optional.empty();
        } catch (DataAccessException e) {
            LOG.debug("The database does not answer", e);
            return Optional.of(DatabaseFailure.message(e).orElse("the query failed"));
        }
    }

    /** Registers the meters of the connection pool, once. */
    public void bindTo(MeterRegistry registry) {
        pool.setMetricRegistry(registry);
    }

    /** Closes every connection. Running queries fail. May be called twice. */
    @Override
    public void close() {
        pool.close();
    }

    /**
     * Detects the dialect, on which the syntax of upserts depends. Connector/J names both products "MySQL", so only the
     * version distinguishes them.
     */
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
        // What a transaction reads must not depend on the server's configuration. Where this is the default, it costs
        // nothing.
        config.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
        config.setConnectionInitSql(LOCK_CURRENT_ROWS);
        config.setLeakDetectionThreshold(LEAK_DETECTION_THRESHOLD.toMillis());
        config.setRegisterMbeans(false);
        DriverOptions.of(timeout, timeout.plus(SOCKET_TIMEOUT_MARGIN), settings.truststore())
                .forEach(config::addDataSourceProperty);
        return config;
    }

    /** JDBC takes the query timeout in whole seconds; 0 means no timeout. */
    private static int secondsRoundedUp(Duration timeout) {
        return Math.toIntExact(timeout.plusMillis(999).toSeconds());
    }
}
