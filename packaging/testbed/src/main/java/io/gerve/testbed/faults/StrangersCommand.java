package io.gerve.testbed.faults;

import io.gerve.program.ExitStatus;
import io.gerve.testbed.flood.Attack;
import io.gerve.testbed.flood.Flood;
import io.gerve.testbed.flood.FloodSize;
import io.gerve.testbed.flood.GateVitals;
import io.gerve.testbed.site.GateProcess;
import io.gerve.testbed.site.Progress;
import io.gerve.testbed.site.TemporarySite;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code packaging/faults strangers}, the attacks of clients that have no key on a gate with the default heap. */
@Command(
        name = "strangers",
        header = "Floods a gate with clients that have no key, while an honest user logs in.",
        description = {
            "",
            "Starts a gate with the default heap of 256 MB and floods it with 5000 connections from 64 addresses of"
                    + " this machine (127.0.1.1 and on) for a minute in each of six ways: silent; slow banner; partial"
                    + " packet; unfinished exchange of keys; exchange of keys in a loop; offered keys in a loop."
                    + " A connection that the gate closes is opened again.",
            "",
            "Meanwhile OpenSSH logs in again and again from another address. Checked each time: the gate runs, each"
                    + " honest login succeeds within 5 seconds, and after the flood the gate's heap and descriptors are"
                    + " what they were before.",
            "",
            "Takes about ten minutes and 5500 open files (ulimit -n). The short form takes about a minute and 700.",
            ""
        },
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true)
final class StrangersCommand implements Callable<Integer> {
    private static final FloodSize LONG = new FloodSize(5000, 64);
    private static final Duration LONG_DURATION = Duration.ofSeconds(60);
    private static final Duration LONG_LOGIN_LIMIT = Duration.ofSeconds(5);
    private static final FloodSize SHORT = new FloodSize(200, 16);
    private static final Duration SHORT_DURATION = Duration.ofSeconds(1);

    /** A machine that runs other tests may be slow, so the short form checks no time. */
    private static final Duration SHORT_LOGIN_LIMIT = Duration.ofDays(1);

    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration RECOVERY_TIMEOUT = Duration.ofMinutes(2);

    /** Compiled code, caches and buffers that a gate gets once and keeps. */
    private static final long HEAP_TOLERANCE = 16 << 20;

    private static final int DESCRIPTOR_TOLERANCE = 32;
    private static final int WARM_UP_LOGINS = 3;

    @Option(
            names = "--quick",
            description = "The short form: 200 connections from 16 addresses, for a second in each way.")
    private boolean isQuick;

    private final List<String> failures = new ArrayList<>();
    private long connections;

    @Override
    public Integer call() throws Exception {
        FloodSize size = isQuick ? SHORT : LONG;
        try {
            size.requireDescriptors();
        } catch (IOException e) {
            System.err.println("packaging/faults: " + e.getMessage());
            return ExitStatus.UNAVAILABLE;
        }
        var progress = new Progress(System.out);
        progress.report("starting a site");
        try (var started = new TemporarySite()) {
            var logins = new HonestLogins(started.site(), isQuick ? SHORT_LOGIN_LIMIT : LONG_LOGIN_LIMIT);
            flood(started.site().startGate(), size, logins, progress);
            failures.addAll(logins.failures());
            failures.forEach(failure -> System.out.println("FAILED: " + failure));
            System.out.printf(
                    "ways=%d connections=%d honest_logins=%d failed=%d slowest_login=%.1fs%n",
                    Attack.values().length,
                    connections,
                    logins.number(),
                    failures.size(),
                    logins.slowest().toMillis() / 1e3);
        }
        return failures.isEmpty() ? ExitStatus.DONE : ExitStatus.REFUSED;
    }

    private void flood(GateProcess gate, FloodSize size, HonestLogins logins, Progress progress) throws Exception {
        for (int i = 0; i < WARM_UP_LOGINS; i++) {
            logins.logIn();
        }
        GateVitals before = GateVitals.of(gate.program().pid());
        progress.report("gate started, %s".formatted(text(before)));
        for (Attack attack : Attack.values()) {
            if (!gate.program().isRunning()) {
                failures.add("the gate has ended:\n" + gate.program().log());
                return;
            }
            flood(gate, attack, size, logins, progress);
            GateVitals after = recovered(gate, before);
            progress.report("  after it: " + text(after));
            if (!isNormal(before, after)) {
                failures.add(
                        "%s: the gate has %s, and had %s before".formatted(attack.label(), text(after), text(before)));
            }
        }
    }

    private void flood(GateProcess gate, Attack attack, FloodSize size, HonestLogins logins, Progress progress)
            throws Exception {
        long end = System.nanoTime() + (isQuick ? SHORT_DURATION : LONG_DURATION).toNanos();
        try (var flood = new Flood(gate.port(), size, attack)) {
            Duration slowest = Duration.ZERO;
            int number = 0;
            do {
                Duration taken = logins.logIn();
                slowest = taken.compareTo(slowest) > 0 ? taken : slowest;
                number++;
                Thread.sleep(PAUSE);
            } while (System.nanoTime() - end < 0 || flood.opened() < size.connections());
            GateVitals during = GateVitals.of(gate.program().pid());
            connections += flood.opened();
            progress.report("%s: %d connections, %d honest logins, the slowest %d ms, %s"
                    .formatted(attack.label(), flood.opened(), number, slowest.toMillis(), text(during)));
        }
    }

    /** Waits until the gate has forgotten the flood, for two minutes at most. */
    private static GateVitals recovered(GateProcess gate, GateVitals before) throws IOException, InterruptedException {
        long end = System.nanoTime() + RECOVERY_TIMEOUT.toNanos();
        GateVitals now = GateVitals.of(gate.program().pid());
        while (!isNormal(before, now) && System.nanoTime() - end < 0) {
            Thread.sleep(PAUSE);
            now = GateVitals.of(gate.program().pid());
        }
        return now;
    }

    private static boolean isNormal(GateVitals before, GateVitals now) {
        return now.heapBytes() <= before.heapBytes() + HEAP_TOLERANCE
                && now.descriptors() <= before.descriptors() + DESCRIPTOR_TOLERANCE;
    }

    private static String text(GateVitals vitals) {
        return "heap %.1f MB, resident %d MB, %d descriptors, %d threads"
                .formatted(
                        vitals.heapBytes() / 1e6,
                        vitals.residentBytes() / 1_000_000,
                        vitals.descriptors(),
                        vitals.threads());
    }
}
