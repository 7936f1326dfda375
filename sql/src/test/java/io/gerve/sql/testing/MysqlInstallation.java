package io.gerve.sql.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * An installed MySQL 8.0 or later. TLS, authentication, the binary log, the SQL mode and the isolation level have
 * MySQL's defaults, as on an operator's server.
 */
record MysqlInstallation(Path server) implements DatabaseInstallation {
    private static final Duration INITIALISE_MAX = Duration.ofMinutes(2);

    /** @param home a directory with {@code bin/mysqld} or {@code sbin/mysqld}, or the path of mysqld itself */
    static MysqlInstallation in(Path home) throws IOException {
        return Stream.of(home, home.resolve("bin/mysqld"), home.resolve("sbin/mysqld"))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .map(MysqlInstallation::new)
                .findFirst()
                .orElseThrow(() -> new IOException(
                        "gerve.mysql.home must name mysqld, or a directory with bin/mysqld or sbin/mysqld: " + home));
    }

    @Override
    public List<String> command(Path data, Path temporary, List<String> more) throws IOException {
        var command = new ArrayList<>(List.of(
                server.toString(),
                "--no-defaults",
                "--datadir=" + data,
                "--tmpdir=" + Files.createDirectories(temporary),
                // The X protocol would listen on a second port, which is the same for every server.
                "--mysqlx=OFF",
                // The default is a directory that only a distribution's package creates. The server does not start
                // without it.
                "--secure-file-priv=NULL",
                "--innodb-buffer-pool-size=32M",
                "--loose-innodb-redo-log-capacity=32M"));
        command.addAll(DatabaseInstallation.userOption());
        command.addAll(more);
        return command;
    }

    @Override
    public void initialise(Path data) throws IOException {
        var log = Files.createTempFile("gerve-initialise", ".log");
        var temporary = Files.createTempDirectory("gerve-initialise");
        try {
            DatabaseInstallation.runBootstrap(
                    new ProcessBuilder(command(data, temporary, List.of("--initialize-insecure"))),
                    log,
                    INITIALISE_MAX);
        } finally {
            Files.delete(log);
            Files.deleteIfExists(temporary);
        }
    }
}
