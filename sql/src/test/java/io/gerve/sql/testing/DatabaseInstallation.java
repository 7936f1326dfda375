package io.gerve.sql.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Installation of a database server on this machine, and the command lines of its programs. */
sealed interface DatabaseInstallation permits MariaDbInstallation, MysqlInstallation {
    /**
     * Finds the MySQL that the system property {@code gerve.mysql.home} names, or else the MariaDB that the build
     * unpacked.
     */
    static DatabaseInstallation find() throws IOException {
        var mysql = property("gerve.mysql.home");
        if (mysql.isPresent()) {
            return MysqlInstallation.in(mysql.get());
        }
        return MariaDbInstallation.in(property("gerve.mariadb.home")
                .orElseThrow(() -> new IOException(
                        "the system property gerve.mariadb.home must name the directory with MariaDB")));
    }

    /** Initializes the empty directory {@code data} as the data directory of a new installation. */
    void initialise(Path data) throws IOException;

    /**
     * Returns the command line of the server for a data directory. Buffer sizes are small; other options have their
     * defaults.
     *
     * @param temporary directory for temporary files. Must belong to this server alone, since a server deletes the
     *     content at start.
     * @param more options that MariaDB and MySQL share
     */
    List<String> command(Path data, Path temporary, List<String> more) throws IOException;

    /** Runs a server that creates its system tables and exits. */
    static void runBootstrap(ProcessBuilder server, Path log, Duration timeout) throws IOException {
        var process =
                server.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        try {
            if (!process.waitFor(timeout) || process.exitValue() != 0) {
                throw new IOException(
                        server.command().getFirst() + " cannot create its system tables: " + Files.readString(log));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a server created its system tables", e);
        } finally {
            process.destroyForcibly();
        }
    }

    /** Returns the option that lets root run a server, which refuses that by default; empty for other users. */
    static List<String> userOption() {
        return System.getProperty("user.name").equals("root") ? List.of("--user=root") : List.of();
    }

    private static Optional<Path> property(String name) {
        return Optional.ofNullable(System.getProperty(name))
                .filter(value -> !value.isBlank())
                .map(value -> Path.of(value).toAbsolutePath());
    }
}
