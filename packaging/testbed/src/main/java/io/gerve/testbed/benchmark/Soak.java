package io.gerve.testbed.benchmark;

import io.gerve.sql.testing.RunningMariaDb;
import io.gerve.sql.testing.RunningRedis;
import io.gerve.testbed.fileserver.LocalFileServer;
import io.gerve.testbed.process.CommandResult;
import io.gerve.testbed.process.Programs;
import io.gerve.testbed.site.Distribution;
import io.gerve.testbed.site.SshKeys;
import io.gerve.testbed.site.Stores;
import io.gerve.testbed.site.TestSite;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Soak test that counts errors too rare for a test: sessions with the identity of another user, and commands with a
 * errorCount status or output.
 */
public final class Soak {
    private static final int USERS = 50;
    private static final int CONCURRENT = 16;
    private static final Duration REPORT_INTERVAL = Duration.ofSeconds(20);

    private final TestSite site;
    private final List<String> errors = new ArrayList<>();

    private Soak(TestSite site) {
        this.site = site;
    }

    /**
     * Runs the soak test. Arguments: the number of sessions (default 10000) and of commands (default 100000). Exits
     * with 1 if there were errors.
     */
    public static void main(String[] arguments) throws Exception {
        int sessions = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10_000;
        int commands = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 100_000;
        Path folder = Files.createTempDirectory("gerve-soak-");
        var programs = new Programs();
        var distribution = new Distribution(Path.of(System.getProperty("gerve.distribution")));
        boolean isClean;
        try (var mariaDb = RunningMariaDb.start(folder.resolve("mariadb"));
                var redis = RunningRedis.start(folder.resolve("redis"))) {
            Stores stores = Stores.create(mariaDb, redis.uri().toString());
            try (var site = new TestSite(folder, distribution, stores, programs)) {
                isClean = new Soak(site).run(sessions, commands);
            }
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                files.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            }
        }
        System.exit(isClean ? 0 : 1);
    }

    private boolean run(int sessions, int commands) throws Exception {
        populate();
        repeat("sessions", sessions, this::checkGreeting);
        repeat("commands", commands, this::checkCommand);
        errors.stream().limit(20).forEach(System.out::println);
        return errors.isEmpty();
    }

    private void populate() throws Exception {
        LocalFileServer server = site.fileServers().getFirst();
        site.gerve("server create fs1 fs1a 127.0.0.1 --port %d --host-key '%s'"
                        .formatted(server.port(), server.home().hostKey()))
                .orThrow();
        Path users = Files.createDirectories(site.folder().resolve("users"));
        for (int user = 0; user < USERS; user++) {
            Path key = SshKeys.publicKeyFile(site.newKey("user" + user));
            Files.copy(key, users.resolve(key.getFileName()));
        }
        site.gerve("import gitolite '" + users + "' --create-accounts").orThrow();
        site.startGate();
        site.gerve("repo create user0/own").orThrow();
        for (int user = 0; user < CONCURRENT; user++) {
            ssh("-M -N -f -o ControlPath=%h." + user, user, "").orThrow();
        }
    }

    /** Opens a connection in which the client offers another user's key first, and checks the greeting. */
    private String checkGreeting(int number) throws Exception {
        int user = number % USERS;
        int other = (number * 7 + 1) % USERS;
        String expected = "Hi user" + user + "! You've successfully authenticated";
        CommandResult greeting = ssh("-o IdentityFile=keys/user" + other + ".pub", user, "");
        return greeting.status() == 1 && greeting.output().contains(expected) ? "" : expected + ": " + greeting;
    }

    private String checkCommand(int number) throws Exception {
        int user = number % CONCURRENT;
        boolean isOwner = user == 0;
        String mux = "-o ControlPath=%h." + user;
        CommandResult finished = switch (number / CONCURRENT % 3) {
            case 0 -> ssh(mux, user, "git-upload-pack user0/own");
            case 1 -> ssh(mux, user, "git-upload-pack user0/none");
            default -> ssh(mux, user, "cat x");
        };
        int status = switch (number / CONCURRENT % 3) {
            case 0 -> isOwner ? 0 : 128;
            case 1 -> 128;
            default -> 127;
        };
        String message = switch (number / CONCURRENT % 3) {
            case 0 -> isOwner ? "0000" : "ERROR: Repository not found.";
            case 1 -> "ERROR: Repository not found.";
            default -> "ERROR: Invalid command: cat x";
        };
        return finished.status() == status && finished.output().contains(message) ? "" : message + ": " + finished;
    }

    private CommandResult ssh(String options, int user, String command) throws Exception {
        return site.shell()
                .in(site.folder())
                .run("printf 0000 | ssh -F %s %s -T as-user%d %s"
                        .formatted(site.ssh().file(), options, user, command));
    }

    private interface Attempt {
        /** Returns the description of the error, or an empty string if there was none. */
        String run(int number) throws Exception;
    }

    private void repeat(String what, int times, Attempt attempt) throws Exception {
        var next = new AtomicInteger();
        var errorCount = new AtomicInteger();
        Instant start = Instant.now();
        Callable<Integer> worker = () -> {
            int done = 0;
            for (int number = next.getAndIncrement(); number < times; number = next.getAndIncrement()) {
                String error = attempt.run(number);
                if (!error.isEmpty()) {
                    errorCount.incrementAndGet();
                    synchronized (errors) {
                        errors.add(error);
                    }
                }
                done++;
            }
            return done;
        };
        try (var threads = Executors.newFixedThreadPool(CONCURRENT + 1)) {
            Future<?> report = threads.submit(() -> report(what, next));
            List<Future<Integer>> workers = IntStream.range(0, CONCURRENT)
                    .mapToObj(_ -> threads.submit(worker))
                    .toList();
            for (Future<Integer> each : workers) {
                each.get();
            }
            report.cancel(true);
        }
        System.out.printf(
                "%d %s in %d s: %d errors%n",
                times, what, Duration.between(start, Instant.now()).toSeconds(), errorCount.get());
    }

    private static void report(String what, AtomicInteger next) {
        try {
            while (true) {
                Thread.sleep(REPORT_INTERVAL);
                System.out.printf("… %d %s%n", next.get(), what);
            }
        } catch (InterruptedException _) {
            // All attempts are done.
        }
    }
}
