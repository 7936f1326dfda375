package io.gerve.site;

import io.gerve.config.SettingHashes;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.DatabaseFailure;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Thread that reports a running gate to the database, for {@code gerve doctor}. */
public final class GateReporter implements AutoCloseable {
    /** A gate that has not reported for several times this is not running. */
    public static final Duration INTERVAL = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(GateReporter.class);
    private static final String REFUSED_PROXY_HEADERS = "gerve.proxy.headers.refused";
    private static final int CONFIG_FILE_MAX = 500;

    private final MysqlGateReports reports;
    private final Identity identity;
    private final SettingHashes settings;
    private final InstantSource clock;
    private final MeterRegistry registry;
    private final Instant startedAt;
    private final CountDownLatch closed = new CountDownLatch(1);
    private boolean hasFailed;

    /**
     * What distinguishes a gate.
     *
     * @param program the program's name, as an operator starts it
     */
    public record Identity(String gate, String program, Path configFile) {}

    /** Starts the thread, which reports at once. */
    GateReporter(
            MysqlGateReports reports,
            Identity identity,
            SettingHashes settings,
            InstantSource clock,
            MeterRegistry registry) {
        this.reports = reports;
        this.identity = identity;
        this.settings = settings;
        this.clock = clock;
        this.registry = registry;
        this.startedAt = clock.instant();
        Thread.ofVirtual().name("gate-report").start(this::reportUntilClosed);
    }

    private void reportUntilClosed() {
        try {
            do {
                report();
            } while (!closed.await(INTERVAL.toNanos(), TimeUnit.NANOSECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException("no other thread interrupts this one", e);
        }
    }

    /** Logs the first failure of several: the probe of the database logs when it is down. */
    private void report() {
        try {
            reports.write(new GateReport(
                    identity.gate(),
                    identity.program(),
                    System.getProperty("user.name"),
                    configFile(),
                    startedAt,
                    clock.instant(),
                    refusedProxyHeaders(),
                    settings));
            hasFailed = false;
        } catch (LookupUnavailable e) {
            if (!hasFailed) {
                LOG.atWarn()
                        .addKeyValue("cause", DatabaseFailure.message(e).orElse("unknown"))
                        .log("Cannot report this gate to the database, gerve doctor does not see it");
            }
            hasFailed = true;
        }
    }

    private String configFile() {
        String path = identity.configFile().toAbsolutePath().normalize().toString();
        return path.substring(0, Math.min(path.length(), CONFIG_FILE_MAX));
    }

    private long refusedProxyHeaders() {
        var counter = registry.find(REFUSED_PROXY_HEADERS).counter();
        return counter == null ? 0 : (long) counter.count();
    }

    /** Ends the reports. May be called twice. */
    @Override
    public void close() {
        closed.countDown();
    }
}
