package io.gerve.sql.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A database server's programs as they lie on this machine, and how they are called. */
sealed interface DatabaseInstallation permits MariaDbInstallation, MysqlInstallation {
    /** The MySQL that the system property {@code gerve.mysql.home} names; if it is not set, the MariaDB that the build unpacked. */
    static DatabaseInstallation find() throws IOException {
        var mysql = property("gerve.mysql.home");
        if (mysql.isPresent()) {
            return MysqlInstallation.in(mysql.get());
        }
        return MariaDbInstallation.in(property("gerve.mariadb.home")
                .orElseThrow(() -> new IOException(
                        "the system property gerve.mariadb.home must name the directory with MariaDB")));
    }

    /** Makes {@code data}, an empty directory, a data directory as a new installation has it. */
    void initialise(Path data) throws IOException;

    /**
     * The server's command line, for a data directory. The server is small, but for that as its defaults make it.
     *
     * @param temporary of this server alone: a server that starts deletes what others have in theirs
     * @param more options that both kinds of server know
     */
    List<String> command(Path data, Path temporary, List<String> more) throws IOException;

    /** Runs a server that makes its own tables and ends. */
    static void runToItsEnd(ProcessBuilder server, Path log, Duration atMost) throws IOException {
        var process =
                server.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        try {
            if (!process.waitFor(atMost) || process.exitValue() != 0) {
                throw new IOException(
                        server.command().getFirst() + " could not make its tables: " + Files.readString(log));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a server made its tables", e);
        } finally {
            process.destroyForcibly();
        }
    }

    /** A server refuses to run as root by default. */
    static List<String> asWhoRunsThis() {
        return System.getProperty("user.name").equals("root") ? List.of("--user=root") : List.of();
    }

    private static Optional<Path> property(String name) {
        return Optional.ofNullable(System.getProperty(name))
                .filter(value -> !value.isBlank())
                .map(value -> Path.of(value).toAbsolutePath());
    }
}
