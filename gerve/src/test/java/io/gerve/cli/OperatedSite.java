package io.gerve.cli;

import io.gerve.cli.output.Terminal;
import io.gerve.sql.Database;
import io.gerve.sql.DatabaseSettings;
import io.gerve.sql.testing.RunningMariaDb;
import io.gerve.sql.testing.RunningRedis;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Site with a configuration file, a database and a Redis, on which a test runs commands. */
public final class OperatedSite implements AutoCloseable {
    private static final String OPERATOR = "gerve_operator";

    private final Path config;
    private final DatabaseSettings settings;
    private final Database database;

    /** Result of a command. */
    public record Run(int status, String out, String err) {
        public JsonNode json() {
            return JsonMapper.shared().readTree(out);
        }
    }

    /** @param home for the configuration and what it names */
    public OperatedSite(Path home, DatabaseSettings settings, URI redis) throws IOException {
        this(home, settings, settings.user(), redis);
    }

    /** @param user the database user of the commands */
    private OperatedSite(Path home, DatabaseSettings settings, String user, URI redis) throws IOException {
        this.settings = settings;
        var password = Files.writeString(home.resolve("database.password"), settings.password() + "\n");
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
        this.config = Files.writeString(home.resolve("gerve.toml"), """
                [database]
                url = "%s"
                user = "%s"
                password_file = "database.password"
                [redis]
                url = "%s"
                [frontend]
                host_keys = ["ssh_host_ed25519_key"]
                [file_servers]
                user = "%s"
                identity_file = "fs/gate_key"
                connect_timeout = "20s"
                """.formatted(
                        settings.url(), user, redis, System.getProperty("user.name")));
        this.database = new Database(settings);
    }

    /** With a new database that has Gerve's schema. The commands have the rights of an operator. */
    public static OperatedSite open(Path home) throws IOException {
        DatabaseSettings settings = RunningMariaDb.shared().newMigratedDatabase();
        RunningMariaDb.shared().grantRights(settings);
        return new OperatedSite(home, settings, OPERATOR, RunningRedis.shared().newDatabase());
    }

    /** Like {@link #open(Path)}, on a database server and a Redis that the test may break. */
    public static OperatedSite open(Path home, RunningMariaDb mariaDb, RunningRedis redis) throws IOException {
        DatabaseSettings settings = mariaDb.newMigratedDatabase();
        mariaDb.grantRights(settings);
        return new OperatedSite(home, settings, OPERATOR, redis.uri());
    }

    /** Returns the settings of the database as another user. */
    public DatabaseSettings databaseAs(String user) {
        return RunningMariaDb.as(user, settings);
    }

    public void configure(String section, String line) throws IOException {
        Files.writeString(config, section + "\n" + line + "\n", StandardOpenOption.APPEND);
    }

    /** Returns the configuration file of the commands. */
    public Path config() {
        return config;
    }

    public Run gerve(String... arguments) {
        return gerve(Terminal.none(), arguments);
    }

    public Run gerve(Terminal terminal, String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int status =
                Gerve.execute(new PrintWriter(out, true), new PrintWriter(err, true), terminal, withConfig(arguments));
        return new Run(status, out.toString(), err.toString());
    }

    /** Runs {@code gerve audit log prune} with the configuration file of its own database user. */
    public Run prune(Terminal terminal, String... arguments) throws IOException {
        String operator = Files.readString(config);
        try {
            Files.writeString(config, operator.replace('"' + OPERATOR + '"', "\"gerve_prune\""));
            return gerve(
                    terminal,
                    Stream.concat(Stream.of("audit", "log", "prune"), Stream.of(arguments))
                            .toArray(String[]::new));
        } finally {
            Files.writeString(config, operator);
        }
    }

    private String[] withConfig(String... arguments) {
        return Stream.concat(Stream.of(arguments), Stream.of("--config", config.toString()))
                .toArray(String[]::new);
    }

    /** Command that runs until it is closed. */
    public record RunningCommand(Thread thread, StringWriter out, StringWriter err) implements AutoCloseable {
        @Override
        public void close() {
            thread.interrupt();
            try {
                thread.join();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }

    public RunningCommand start(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        var thread = Thread.ofVirtual()
                .start(() -> Gerve.execute(
                        new PrintWriter(out, true),
                        new PrintWriter(err, true),
                        Terminal.none(),
                        withConfig(arguments)));
        return new RunningCommand(thread, out, err);
    }

    /** Runs a command that must succeed. */
    public Run must(String... arguments) {
        var run = gerve(arguments);
        if (run.status() != 0) {
            throw new IllegalStateException(String.join(" ", arguments) + " failed: " + run);
        }
        return run;
    }

    public void sql(String statement) {
        database.sql().execute(statement);
    }

    /** Inserts a private repository without a folder on a file server. */
    public void repository(String owner, String name) {
        database.sql()
                .execute(
                        "INSERT INTO repositories (owner_id, name, visibility, created_at)"
                                + " SELECT id, ?, 'private', UTC_TIMESTAMP(6) FROM accounts WHERE login = ?",
                        name,
                        owner);
    }

    /** Returns the history of changes, oldest first: {@code actor program kind before>after}. */
    public List<String> record() {
        return database.sql()
                .fetch("SELECT actor, program, kind, before_value, after_value FROM grant_changes ORDER BY id")
                .map(row -> "%s %s %s %s>%s".formatted(row.get(0), row.get(1), row.get(2), row.get(3), row.get(4)));
    }

    @Override
    public void close() {
        database.close();
    }
}
