package io.gerve.testbed.benchmark;

import io.gerve.sql.DatabaseSettings;
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

/** Counts mistakes that are too rare for a test: sessions that are taken for somebody else's, and commands whose status or output is wrong. */
public final class Soak {
    private static final int PEOPLE = 50;
    private static final int AT_ONCE = 16;
    private static final Duration REPORT_EVERY = Duration.ofSeconds(20);

    private final TestSite site;
    private final List<String> mistakes = new ArrayList<>();

    private Soak(TestSite site) {
        this.site = site;
    }

    /** Arguments: how many sessions, 10000 if there are none, and how many commands, 100000. Exits with 1 if it counted a mistake. */
    public static void main(String[] arguments) throws Exception {
        int sessions = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10_000;
        int commands = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 100_000;
        Path folder = Files.createTempDirectory("gerve-soak-");
        var programs = new Programs();
        var distribution = new Distribution(Path.of(System.getProperty("gerve.distribution")));
        boolean isClean;
        try (var mariaDb = RunningMariaDb.start(folder.resolve("mariadb"));
                var redis = RunningRedis.start(folder.resolve("redis"))) {
            DatabaseSettings database = mariaDb.newDatabase();
            var stores = new Stores(
                    database.url(),
                    database.user(),
                    database.password(),
                    redis.uri().toString());
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
        repeat("sessions", sessions, this::greets);
        repeat("commands", commands, this::answers);
        mistakes.stream().limit(20).forEach(System.out::println);
        return mistakes.isEmpty();
    }

    private void populate() throws Exception {
        LocalFileServer server = site.fileServers().getFirst();
        site.gerve("migrate").orThrow();
        site.gerve("server add fs1 fs1a 127.0.0.1 --port %d --host-key '%s'"
                        .formatted(server.port(), server.home().hostKey()))
                .orThrow();
        Path people = Files.createDirectories(site.folder().resolve("people"));
        for (int person = 0; person < PEOPLE; person++) {
            Path key = SshKeys.publicKeyFile(site.newKey("person" + person));
            Files.copy(key, people.resolve(key.getFileName()));
        }
        site.gerve("import gitolite '" + people + "' --create-accounts").orThrow();
        site.startGate();
        site.gerve("repo create person0/own").orThrow();
        for (int person = 0; person < AT_ONCE; person++) {
            ssh("-M -N -f -o ControlPath=%h." + person, person, "").orThrow();
        }
    }

    /** A session of its own, in which the client offers somebody else's key first. */
    private String greets(int number) throws Exception {
        int person = number % PEOPLE;
        int other = (number * 7 + 1) % PEOPLE;
        String expected = "Hi person" + person + "! You've successfully authenticated";
        CommandResult greeting = ssh("-o IdentityFile=keys/person" + other + ".pub", person, "");
        return greeting.status() == 1 && greeting.output().contains(expected) ? "" : expected + ": " + greeting;
    }

    private String answers(int number) throws Exception {
        int person = number % AT_ONCE;
        boolean isOwner = person == 0;
        String mux = "-o ControlPath=%h." + person;
        CommandResult finished = switch (number / AT_ONCE % 3) {
            case 0 -> ssh(mux, person, "git-upload-pack person0/own");
            case 1 -> ssh(mux, person, "git-upload-pack person0/none");
            default -> ssh(mux, person, "cat x");
        };
        int status = number / AT_ONCE % 3 == 0 && isOwner ? 0 : 128;
        String said = switch (number / AT_ONCE % 3) {
            case 0 -> isOwner ? "0000" : "ERROR: Repository not found.";
            case 1 -> "ERROR: Repository not found.";
            default -> "ERROR: Invalid command: cat x";
        };
        return finished.status() == status && finished.output().contains(said) ? "" : said + ": " + finished;
    }

    private CommandResult ssh(String options, int person, String command) throws Exception {
        return site.shell()
                .in(site.folder())
                .run("printf 0000 | ssh -F %s %s -T as-person%d %s"
                        .formatted(site.ssh().file(), options, person, command));
    }

    private interface Attempt {
        /** @return what was wrong, or nothing */
        String make(int number) throws Exception;
    }

    private void repeat(String what, int times, Attempt attempt) throws Exception {
        var next = new AtomicInteger();
        var wrong = new AtomicInteger();
        Instant start = Instant.now();
        Callable<Integer> worker = () -> {
            int done = 0;
            for (int number = next.getAndIncrement(); number < times; number = next.getAndIncrement()) {
                String mistake = attempt.make(number);
                if (!mistake.isEmpty()) {
                    wrong.incrementAndGet();
                    synchronized (mistakes) {
                        mistakes.add(mistake);
                    }
                }
                done++;
            }
            return done;
        };
        try (var threads = Executors.newFixedThreadPool(AT_ONCE + 1)) {
            Future<?> report = threads.submit(() -> report(what, next));
            List<Future<Integer>> workers = IntStream.range(0, AT_ONCE)
                    .mapToObj(_ -> threads.submit(worker))
                    .toList();
            for (Future<Integer> each : workers) {
                each.get();
            }
            report.cancel(true);
        }
        System.out.printf(
                "%d %s in %d s: %d wrong%n",
                times, what, Duration.between(start, Instant.now()).toSeconds(), wrong.get());
    }

    private static void report(String what, AtomicInteger next) {
        try {
            while (true) {
                Thread.sleep(REPORT_EVERY);
                System.out.printf("… %d %s%n", next.get(), what);
            }
        } catch (InterruptedException _) {
            // All is done.
        }
    }
}
