package io.gerve.sql.testing;

import io.gerve.sql.DatabaseSettings;
import io.gerve.sql.Migrations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * A running MariaDB server on a free loopback port, or a MySQL server if the system property {@code gerve.mysql.home}
 * names one. One server serves many tests; each test creates its own database.
 */
public final class RunningMariaDb implements AutoCloseable {
    private static final Duration START_MAX = Duration.ofMinutes(3);
    private static final String USER = "gerve";
    private static final String PASSWORD = "quite-public";
    private static final Pattern GRANTEE = Pattern.compile("^GRANT [^;]* TO (gerve_[a-z]+)$");

    private final DatabaseInstallation installation;
    private final Path directory;
    private final List<String> options;
    private final Optional<Path> scratch;
    private final int port;
    private final AtomicInteger databases = new AtomicInteger();
    private volatile SupervisedProcess process;

    private RunningMariaDb(Path directory, List<String> options, Optional<Path> scratch) throws IOException {
        this.installation = DatabaseInstallation.find();
        this.directory = directory.toAbsolutePath();
        this.options = options;
        this.scratch = scratch;
        this.port = Scratch.freePort();
        var data = Files.createDirectories(this.directory.resolve("data"));
        if (!Files.exists(data.resolve("ibdata1"))) {
            installation.initialise(data);
        }
        this.process = launch();
    }

    /**
     * Starts a server with its files in {@code directory}. The files remain after close, and a later start uses them
     * again.
     */
    public static RunningMariaDb start(Path directory) throws IOException {
        return start(directory, List.of());
    }

    /** @param options more options of the server */
    public static RunningMariaDb start(Path directory, List<String> options) throws IOException {
        return new RunningMariaDb(directory, options, Optional.empty());
    }

    /**
     * Returns the server that the tests of this JVM share. It starts at the first call and ends with the JVM. A test
     * that freezes or kills a server must start its own.
     */
    public static RunningMariaDb shared() {
        return Shared.SERVER;
    }

    /** Creates an empty database with a unique name. */
    public DatabaseSettings newDatabase() {
        var name = "gerve_" + ProcessHandle.current().pid() + "_" + databases.incrementAndGet();
        try (var connection = DriverManager.getConnection(url(""), credentials());
                var statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name + " CHARACTER SET utf8mb4");
        } catch (SQLException e) {
            throw new IllegalStateException("cannot create the database " + name, e);
        }
        return settings(name);
    }

    /** Creates a database with a unique name and Gerve's schema, without data. */
    public DatabaseSettings newMigratedDatabase() {
        var settings = newDatabase();
        try {
            new Migrations(settings).apply();
        } catch (SQLException e) {
            throw new IllegalStateException("cannot migrate " + settings, e);
        }
        return settings;
    }

    /**
     * Creates the users of database-rights.sql, unless they exist, and runs the file on a migrated database. Each user has
     * the password of the database's settings.
     */
    public void grantRights(DatabaseSettings migrated) {
        try (var rights = Migrations.class.getResourceAsStream("database-rights.sql");
                var connection = DriverManager.getConnection(migrated.url(), credentials());
                var statement = connection.createStatement()) {
            String script = new String(Objects.requireNonNull(rights).readAllBytes(), StandardCharsets.UTF_8);
            for (String one : statements(script)) {
                var grant = GRANTEE.matcher(one);
                if (grant.find()) {
                    statement.execute("CREATE USER IF NOT EXISTS " + grant.group(1) + " IDENTIFIED BY '"
                            + migrated.password() + "'");
                }
                statement.execute(one);
            }
        } catch (IOException | SQLException e) {
            throw new IllegalStateException("cannot grant the rights on " + migrated, e);
        }
    }

    /** Returns the statements of a script as the mariadb and mysql commands find them, with {@code DELIMITER}. */
    private static List<String> statements(String script) {
        List<String> statements = new ArrayList<>();
        String delimiter = ";";
        var statement = new StringBuilder();
        for (String line : script.lines().filter(line -> !line.startsWith("--")).toList()) {
            if (line.startsWith("DELIMITER ")) {
                delimiter = line.substring("DELIMITER ".length());
            } else if (line.endsWith(delimiter)) {
                statement.append(line, 0, line.length() - delimiter.length());
                statements.add(statement.toString().strip());
                statement.setLength(0);
            } else {
                statement.append(line).append('\n');
            }
        }
        return statements;
    }

    /** Returns the settings for the same database as another user, such as {@code gerve_gate}. */
    public static DatabaseSettings as(String user, DatabaseSettings settings) {
        return new DatabaseSettings(
                settings.url(), user, settings.password(), settings.maximumPoolSize(), settings.queryTimeout());
    }

    /**
     * Returns the settings for a database of this server: ten connections, query timeout two seconds. The database does
     * not have to exist.
     */
    public DatabaseSettings settings(String database) {
        return new DatabaseSettings(url(database), USER, PASSWORD, 10, Duration.ofSeconds(2));
    }

    public int port() {
        return port;
    }

    public long pid() {
        return process.pid();
    }

    /** Stops the server's process with its connections open, as if the disk did not respond. */
    public void freeze() throws IOException {
        process.freeze();
    }

    public void thaw() throws IOException {
        process.thaw();
    }

    /** Kills the server with SIGKILL. Its port then refuses connections. */
    public void kill() throws IOException {
        process.kill();
    }

    /** Starts the server again after {@link #kill}, on the same port and with the same data. */
    public void restart() throws IOException {
        process.kill();
        process = launch();
    }

    /** Kills the server. Committed data remains in its directory. May be called twice. */
    @Override
    public void close() throws IOException {
        process.close();
    }

    private SupervisedProcess launch() throws IOException {
        var user = Files.writeString(directory.resolve("user.sql"), """
                CREATE USER IF NOT EXISTS '%1$s'@'127.0.0.1' IDENTIFIED BY '%2$s';
                GRANT ALL PRIVILEGES ON *.* TO '%1$s'@'127.0.0.1' WITH GRANT OPTION;
                """.formatted(USER, PASSWORD));
        var own = new ArrayList<>(List.of(
                "--port=" + port,
                "--bind-address=127.0.0.1",
                "--skip-name-resolve",
                // Relative to the data directory, since the absolute path of a socket must not exceed 107
                // bytes.
                "--socket=server.sock",
                "--pid-file=" + directory.resolve("server.pid"),
                "--init-file=" + user,
                "--max-connections=500",
                "--innodb-flush-log-at-trx-commit=2"));
        own.addAll(options);
        var command = installation.command(directory.resolve("data"), directory.resolve("tmp"), own);
        var log = directory.resolve("server.log");
        var started = scratch.isPresent()
                ? SupervisedProcess.start(command, log, scratch.get())
                : SupervisedProcess.start(command, log);
        try {
            started.awaitReady(START_MAX, this::connect);
        } catch (IOException e) {
            started.close();
            throw e;
        }
        return started;
    }

    private void connect() throws IOException {
        try {
            DriverManager.getConnection(url(""), credentials()).close();
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }

    private String url(String database) {
        return "jdbc:mysql://127.0.0.1:" + port + "/" + database;
    }

    private static Properties credentials() {
        var properties = new Properties();
        properties.put("user", USER);
        properties.put("password", PASSWORD);
        properties.put("connectTimeout", "5000");
        properties.put("socketTimeout", "30000");
        return properties;
    }

    /** Holder of the shared server. The supervisor stops the server and removes its directory when this JVM ends. */
    private static final class Shared {
        static final RunningMariaDb SERVER = start();

        private static RunningMariaDb start() {
            try {
                var directory = Scratch.directory("gerve-database-");
                return new RunningMariaDb(directory, List.of(), Optional.of(directory));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
