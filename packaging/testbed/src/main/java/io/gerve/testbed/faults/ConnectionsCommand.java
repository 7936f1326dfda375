package io.gerve.testbed.faults;

import io.gerve.program.ExitStatus;
import io.gerve.testbed.flood.Attack;
import io.gerve.testbed.flood.Flood;
import io.gerve.testbed.flood.FloodClient;
import io.gerve.testbed.flood.FloodSize;
import io.gerve.testbed.flood.GateVitals;
import io.gerve.testbed.flood.IdleUser;
import io.gerve.testbed.site.GateProcess;
import io.gerve.testbed.site.Progress;
import io.gerve.testbed.site.TemporarySite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code packaging/faults connections}, the memory that idle connections take in a gate. */
@Command(
        name = "connections",
        header = "Measures the memory of silent connections, and of logged-in ones that do nothing.",
        description = {
            "",
            "Opens as many connections as told to a gate with 2 GB of heap, from 64 addresses of this machine, and"
                    + " prints what each takes: heap after a full collection, resident memory, threads. First"
                    + " connections that say nothing, then others that have logged in.",
            "",
            "Takes some minutes, and 500 open files (ulimit -n) more than connections.",
            ""
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        usageHelpAutoWidth = true)
final class ConnectionsCommand implements Callable<Integer> {
    private static final int ADDRESSES = 64;
    private static final int USERS = 10;
    private static final String HEAP = "2g";
    private static final Duration TIMEOUT = Duration.ofMinutes(8);

    @Option(names = "--connections", paramLabel = "N", description = "Connections of each kind, at most 15000.")
    private int connections = 10_000;

    @Override
    public Integer call() throws Exception {
        var size = new FloodSize(connections, ADDRESSES);
        try {
            size.requireDescriptors();
        } catch (IOException e) {
            System.err.println("packaging/faults: " + e.getMessage());
            return ExitStatus.UNAVAILABLE;
        }
        var progress = new Progress(System.out);
        progress.report("starting a site");
        try (var started = new TemporarySite()) {
            Supplier<FloodClient> users = createUsers(started);
            GateProcess gate = started.site().startGate(HEAP, ConnectionsCommand::withoutTimeouts);
            boolean isComplete = measure(gate, size, "silent", Attack.SILENT, progress)
                    && measure(gate, size, "logged in", users, progress);
            return isComplete ? ExitStatus.DONE : ExitStatus.REFUSED;
        }
    }

    /** Returns clients of several users in turn, since the idle connections of one user are limited. */
    private static Supplier<FloodClient> createUsers(TemporarySite started) throws IOException, InterruptedException {
        Path keys = Files.createDirectory(started.site().folder().resolve("idle"));
        List<IdleUser> users = new ArrayList<>();
        for (int i = 0; i < USERS; i++) {
            var user = new IdleUser();
            Files.writeString(keys.resolve("idle-" + i + ".pub"), user.publicKey() + "\n");
            users.add(user);
        }
        started.site().gerve("import gitolite '" + keys + "' --create-accounts").orThrow();
        var next = new AtomicInteger();
        return () -> users.get(Math.floorMod(next.getAndIncrement(), USERS)).get();
    }

    /** The first connections must not be closed before the last are open. */
    private static String withoutTimeouts(String config) {
        return config.replace("[frontend]", "[frontend]\nlogin_grace_time = \"1h\"\nidle_timeout = \"1h\"");
    }

    private static boolean measure(
            GateProcess gate, FloodSize size, String kind, Supplier<FloodClient> clients, Progress progress)
            throws Exception {
        GateVitals before = GateVitals.of(gate.program().pid());
        try (var flood = new Flood(gate.port(), size, clients)) {
            long end = System.nanoTime() + TIMEOUT.toNanos();
            while (flood.settled() < size.connections() && System.nanoTime() - end < 0) {
                Thread.sleep(Duration.ofSeconds(1));
            }
            GateVitals during = GateVitals.of(gate.program().pid());
            int settled = Math.max(1, flood.settled());
            progress.report(
                    "%s: %d connections, heap %.1f KiB each, resident %.1f KiB each and %d MB in all, %d threads"
                            .formatted(
                                    kind,
                                    settled,
                                    (during.heapBytes() - before.heapBytes()) / 1024.0 / settled,
                                    (during.residentBytes() - before.residentBytes()) / 1024.0 / settled,
                                    during.residentBytes() / 1_000_000,
                                    during.threads()));
            return settled == size.connections();
        }
    }
}
