package io.gerve.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Check of one dependency of the program, once a second on a thread of its own. A dependency is up while its last
 * answer is at most three seconds old. Safe for use by many threads.
 */
public final class DependencyProbe implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DependencyProbe.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Duration SILENCE_MAX = Duration.ofSeconds(3);

    private final String name;
    private final Supplier<Optional<String>> check;
    private final LongSupplier nanoTime;
    private final Timer answers;
    private final Timer failures;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile long answeredAt;
    /** The last cause that was logged, empty while the dependency is up. */
    private String reportedFault = "";

    /**
     * Starts the checks.
     *
     * @param name name of the dependency in metrics and in the log: {@code database}
     * @param check returns why the dependency does not answer, or empty if it does, within a timeout of its own
     */
    public DependencyProbe(String name, Supplier<Optional<String>> check, MeterRegistry registry) {
        this(name, check, registry, System::nanoTime);
        Thread.ofPlatform().name("probe-" + name).daemon().start(this::run);
    }

    /** Creates a probe whose caller runs each check. */
    DependencyProbe(String name, Supplier<Optional<String>> check, MeterRegistry registry, LongSupplier nanoTime) {
        this.name = name;
        this.check = check;
        this.nanoTime = nanoTime;
        this.answers = timer(registry, "answered");
        this.failures = timer(registry, "failed");
        this.answeredAt = nanoTime.getAsLong() - SILENCE_MAX.toNanos();
        Gauge.builder("gerve.dependency.up", this, probe -> probe.isUp() ? 1 : 0)
                .description("Whether the dependency has answered within three seconds")
                .tag("dependency", name)
                .register(registry);
    }

    private Timer timer(MeterRegistry registry, String result) {
        return LatencyTimer.ofCalls("gerve.dependency.check")
                .description("Checks whether the dependency answers, one a second")
                .tag("dependency", name)
                .tag("result", result)
                .register(registry);
    }

    String name() {
        return name;
    }

    /** Returns whether the dependency has answered within the last three seconds. */
    boolean isUp() {
        return nanoTime.getAsLong() - answeredAt < SILENCE_MAX.toNanos();
    }

    private void run() {
        try {
            do {
                check();
            } while (!closed.await(INTERVAL.toNanos(), TimeUnit.NANOSECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void check() {
        long start = nanoTime.getAsLong();
        Optional<String> fault = check.get();
        long end = nanoTime.getAsLong();
        if (fault.isEmpty()) {
            answeredAt = end;
        }
        (fault.isEmpty() ? answers : failures).record(end - start, TimeUnit.NANOSECONDS);
        report(fault.orElse(""));
    }

    /** Logs each change of the state or of the cause once: a check must not fill the log. */
    private void report(String cause) {
        boolean isUp = isUp();
        if (closed.getCount() == 0) {
            return;
        }
        if (isUp && !reportedFault.isEmpty()) {
            reportedFault = "";
            LOG.atInfo().addKeyValue("dependency", name).log("Dependency answers again");
        } else if (!isUp && !cause.isEmpty() && !cause.equals(reportedFault)) {
            reportedFault = cause;
            LOG.atWarn()
                    .addKeyValue("dependency", name)
                    .addKeyValue("cause", cause)
                    .log("Dependency has not answered for 3 s");
        }
    }

    /** Ends the checks. A running one ends within its own timeout. May be called twice. */
    @Override
    public void close() {
        closed.countDown();
    }
}
