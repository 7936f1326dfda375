package io.gerve.testbed.quickstart;

import io.gerve.program.ExitStatus;
import io.gerve.sql.testing.RunningMariaDb;
import io.gerve.sql.testing.RunningRedis;
import io.gerve.testbed.process.Programs;
import io.gerve.testbed.site.Distribution;
import io.gerve.testbed.site.Progress;
import io.gerve.testbed.site.Stores;
import io.gerve.testbed.site.TestSite;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Program behind {@code packaging/quickstart}: starts a site and waits for Ctrl-C, or with {@code --once} plays the tour. Exit status
 * ({@link ExitStatus}): 0 if every step succeeded, 1 if one failed, 2 for a usage error.
 */
public final class Quickstart {
    private final PrintStream out;
    private final Path folder;
    private final Deque<AutoCloseable> running = new ArrayDeque<>();

    private Quickstart(PrintStream out, Path folder) {
        this.out = out;
        this.folder = folder;
    }

    /** The system property {@code gerve.distribution} names the distribution, {@code gerve.mariadb.home} the unpacked MariaDB. */
    public static void main(String[] arguments) throws Exception {
        PrintStream out = System.out;
        boolean once = List.of(arguments).equals(List.of("--once"));
        if (!once && arguments.length > 0) {
            System.err.println("Usage: packaging/quickstart [--once]");
            System.exit(ExitStatus.USAGE);
        }
        Path folder = Files.createTempDirectory("gerve-quickstart-");
        var quickstart = new Quickstart(out, folder);
        var stop = new Thread(quickstart::stop, "stop");
        Runtime.getRuntime().addShutdownHook(stop);
        System.exit(quickstart.run(once));
    }

    private int run(boolean once) throws InterruptedException {
        try {
            TestSite site = start();
            String token = site.newToken("mojombo");
            if (!once) {
                new Guide(site, token, out).print();
                Thread.currentThread().join();
            }
            var tour = new Tour(site, token, out);
            Optional<String> failure = tour.play();
            out.println();
            out.println(failure.map(step -> "quickstart: failed at: " + step)
                    .orElseGet(() -> "quickstart: ok, " + tour.stepsDone() + " steps"));
            failure.ifPresent(_ -> showLogs());
            return failure.isPresent() ? ExitStatus.REFUSED : ExitStatus.DONE;
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            showLogs();
            out.println("quickstart: failed: " + e.getMessage());
            return ExitStatus.REFUSED;
        }
    }

    private TestSite start() throws Exception {
        var progress = new Progress(out);
        var distribution = new Distribution(Path.of(System.getProperty("gerve.distribution")));
        progress.report("starting MariaDB and Redis in " + folder);
        RunningMariaDb mariaDb = closedAtTheEnd(RunningMariaDb.start(folder.resolve("mariadb")));
        RunningRedis redis = closedAtTheEnd(RunningRedis.start(folder.resolve("redis")));
        progress.report("making the tables, and the database's users with their rights");
        Stores stores = Stores.create(mariaDb, redis.uri().toString());
        progress.report("starting two file servers");
        TestSite site = closedAtTheEnd(new TestSite(folder, distribution, stores, new Programs()));
        new Population(site, progress).make();
        progress.report("ready");
        return site;
    }

    private synchronized <T extends AutoCloseable> T closedAtTheEnd(T part) {
        running.push(part);
        return part;
    }

    private void showLogs() {
        try (Stream<Path> logs = Files.walk(folder, 2)) {
            for (Path log : logs.filter(file -> file.getFileName().toString().matches("(gate|keylookup)-.*\\.log"))
                    .sorted()
                    .toList()) {
                out.println("--- the end of " + log.getFileName());
                List<String> lines = Files.readAllLines(log);
                lines.subList(Math.max(0, lines.size() - 30), lines.size()).forEach(out::println);
            }
        } catch (IOException e) {
            out.println("the logs cannot be read: " + e.getMessage());
        }
    }

    /** Stops what was started, last first, and removes the folder. */
    private synchronized void stop() {
        while (!running.isEmpty()) {
            try {
                running.pop().close();
            } catch (Exception e) {
                out.println("quickstart: could not stop a part: " + e);
            }
        }
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            out.println("quickstart: could not remove " + folder + ": " + e.getMessage());
        }
    }
}
