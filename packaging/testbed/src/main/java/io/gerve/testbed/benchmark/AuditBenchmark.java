package io.gerve.testbed.benchmark;

import io.gerve.sql.DatabaseSettings;
import io.gerve.sql.Migrations;
import io.gerve.sql.testing.RunningMariaDb;
import io.gerve.sql.testing.RunningRedis;
import io.gerve.testbed.site.Distribution;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * {@code packaging/benchmark audit [KEYS]}, which measures the time and memory of {@code gerve audit} on a site of a
 * million repositories, a hundred thousand accounts and KEYS keys (default ten million). It needs about 5 GB in the
 * temporary directory, which it frees when it ends or is interrupted.
 */
public final class AuditBenchmark {
    private static final long KEYS = 10_000_000;
    private static final int POLL_MILLISECONDS = 20;
    private static final Duration PROGRESS_INTERVAL = Duration.ofSeconds(10);
    private static final Duration COMMAND_TIMEOUT = Duration.ofMinutes(20);

    private static final List<String> COMMANDS = List.of(
            "explain --account u4 --repo o1/r10 --verb push",
            "audit repo u18/r1",
            "audit repo o1/r10",
            "audit repo o1/r10 --at 30d",
            "audit user u60001",
            "audit user u60001 --at 180d",
            "audit user u1",
            "audit team o1/t0",
            "audit key --stale 2025-06-01",
            "audit key --stale 2025-06-01 --limit 100",
            "audit key --expired --limit 100",
            "audit changes --repo u18/r1",
            "audit changes --since 7d",
            "audit diff --from 1d",
            "audit routes");

    private final Path folder;
    private final Distribution distribution;
    private final DatabaseSettings database;
    private final Path config;

    private AuditBenchmark(Path folder, Distribution distribution, DatabaseSettings database, RunningRedis redis)
            throws IOException {
        this.folder = folder;
        this.distribution = distribution;
        this.database = database;
        this.config = Files.writeString(folder.resolve("gerve.toml"), """
                [database]
                url = "%s"
                user = "%s"
                password = "%s"
                [redis]
                url = "%s"
                [frontend]
                host_keys = ["none"]
                [file_servers]
                identity_file = "none"
                """.formatted(
                        database.url(), database.user(), database.password(), redis.uri()));
        Files.setPosixFilePermissions(config, PosixFilePermissions.fromString("rw-------"));
    }

    public static void main(String[] arguments) throws Exception {
        Path distribution = Path.of(System.getProperty("gerve.distribution"));
        long keys = arguments.length == 0 ? KEYS : Long.parseLong(arguments[0]);
        Path folder = Files.createTempDirectory("gerve-benchmark-");
        var mariaDb = RunningMariaDb.start(folder.resolve("mariadb"));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(mariaDb, folder)));
        try (var redis = RunningRedis.start(folder.resolve("redis"))) {
            DatabaseSettings database = mariaDb.newDatabase();
            new Migrations(database).apply();
            new BigSite(database.url(), database.user(), database.password(), keys).fill();
            new AuditBenchmark(folder, new Distribution(distribution), database, redis).run();
        }
    }

    private static void remove(RunningMariaDb mariaDb, Path folder) {
        try {
            mariaDb.close();
            try (Stream<Path> files = Files.walk(folder)) {
                files.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            }
        } catch (IOException | UncheckedIOException e) {
            System.err.println("Cannot remove " + folder + ", remove it by hand: " + e);
        }
    }

    private void run() throws IOException, InterruptedException {
        System.out.printf("%n%-45s %8s %12s %12s %7s%n", "on " + database.url(), "s", "rows", "memory MB", "status");
        for (String command : COMMANDS) {
            measure(command);
        }
    }

    private void measure(String command) throws IOException, InterruptedException {
        List<String> commandLine = new ArrayList<>();
        commandLine.add(distribution.program("gerve").toString());
        commandLine.addAll(List.of(command.split(" ", -1)));
        commandLine.addAll(List.of("--config", config.toString()));
        if (command.startsWith("audit")) {
            commandLine.addAll(List.of("--format", "csv"));
        }
        Path output = folder.resolve("output");
        long start = System.nanoTime();
        Process process = new ProcessBuilder(commandLine)
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        long memory = 0;
        Duration lastReport = Duration.ZERO;
        while (!process.waitFor(POLL_MILLISECONDS, TimeUnit.MILLISECONDS)) {
            memory = Math.max(memory, highWaterMark(process.pid()));
            Duration passed = Duration.ofNanos(System.nanoTime() - start);
            if (passed.minus(lastReport).compareTo(PROGRESS_INTERVAL) > 0) {
                System.err.printf("%-45s %8d s, %,d bytes%n", command, passed.toSeconds(), Files.size(output));
                lastReport = passed;
            }
            if (passed.compareTo(COMMAND_TIMEOUT) > 0) {
                process.destroyForcibly();
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        try (Stream<String> lines = Files.lines(output)) {
            System.out.printf(
                    "%-45s %8.1f %,12d %12d %7d%n", command, seconds, lines.count() - 1, memory, process.exitValue());
        }
    }

    /** Returns the peak resident memory of a process in megabytes (VmHWM in proc(5), {@code /proc/pid/status}). */
    private static long highWaterMark(long pid) {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            // The process has ended.
            return 0;
        }
    }
}
