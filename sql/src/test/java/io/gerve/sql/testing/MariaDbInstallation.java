package io.gerve.sql.testing;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The MariaDB that the build unpacked. It runs without TLS, which would slow down the start by seconds. */
final class MariaDbInstallation implements DatabaseInstallation {
    private static final Object TEMPLATE_LOCK = new Object();
    private static final Duration BOOTSTRAP_MAX = Duration.ofMinutes(3);
    private static final List<String> SYSTEM_TABLES =
            List.of("mariadb_system_tables.sql", "mariadb_performance_tables.sql", "mariadb_system_tables_data.sql");

    private final Path home;
    private final Path base;

    private MariaDbInstallation(Path home, Path base) {
        this.home = home;
        this.base = base;
    }

    static MariaDbInstallation in(Path home) throws IOException {
        try (var files = Files.find(home, 10, (file, _) -> file.endsWith("bin/mariadbd"))) {
            var server = files.findFirst()
                    .orElseThrow(
                            () -> new IOException("no bin/mariadbd below " + home + ": build the module sql first"));
            if (!Files.isExecutable(server) && !server.toFile().setExecutable(true)) {
                throw new IOException("cannot make " + server + " executable");
            }
            return new MariaDbInstallation(home, server.resolve("../..").normalize());
        }
    }

    @Override
    public List<String> command(Path data, Path temporary, List<String> more) throws IOException {
        var command = new ArrayList<>(List.of(
                base.resolve("bin/mariadbd").toString(),
                "--no-defaults",
                "--basedir=" + base,
                "--lc-messages-dir=" + base.resolve("share"),
                "--datadir=" + data,
                "--tmpdir=" + Files.createDirectories(temporary),
                "--skip-ssl",
                "--character-set-server=utf8mb4",
                "--innodb-buffer-pool-size=32M",
                "--innodb-log-file-size=8M",
                "--innodb-undo-tablespaces=0",
                "--aria-log-file-size=8M",
                "--key-buffer-size=1M"));
        command.addAll(DatabaseInstallation.userOption());
        command.addAll(more);
        return command;
    }

    /** Copies a template that is created once. */
    @Override
    public void initialise(Path data) throws IOException {
        var template = template();
        try (var files = Files.walk(template)) {
            for (var file : (Iterable<Path>) files::iterator) {
                Files.copy(file, data.resolve(template.relativize(file)), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private Path template() throws IOException {
        var template = home.resolveSibling("mariadb-template");
        // The file lock excludes other JVMs. Within one JVM it throws instead of waiting, hence the monitor.
        synchronized (TEMPLATE_LOCK) {
            try (var channel = FileChannel.open(
                            home.resolveSibling("mariadb-template.lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
                    var _ = channel.lock()) {
                if (!Files.isDirectory(template)) {
                    bootstrap(template);
                }
            }
        }
        return template;
    }

    private void bootstrap(Path template) throws IOException {
        var unfinished = Files.createTempDirectory(home.resolveSibling(""), "mariadb-template-");
        var script = new StringBuilder("create database mysql;\nuse mysql;\n");
        for (var name : SYSTEM_TABLES) {
            script.append(Files.readString(base.resolve("share").resolve(name)));
        }
        var input = Files.writeString(Files.createTempFile("gerve-bootstrap", ".sql"), script);
        var log = Files.createTempFile("gerve-bootstrap", ".log");
        var temporary = Files.createTempDirectory("gerve-bootstrap");
        try {
            DatabaseInstallation.runBootstrap(
                    new ProcessBuilder(command(unfinished, temporary, List.of("--bootstrap")))
                            .redirectInput(input.toFile()),
                    log,
                    BOOTSTRAP_MAX);
        } finally {
            Files.delete(input);
            Files.delete(log);
            Files.deleteIfExists(temporary);
        }
        Files.move(unfinished, template, StandardCopyOption.ATOMIC_MOVE);
    }
}
