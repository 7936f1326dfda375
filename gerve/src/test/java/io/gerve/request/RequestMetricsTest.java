package io.gerve.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RequestMetricsTest {
    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final RequestMetrics metrics = new RequestMetrics(registry);

    @Test
    void countersBeginAtZero() {
        assertThat(registry.get("gerve.requests").counters())
                .hasSize(3 * RequestOutcome.values().length)
                .extracting(Counter::count)
                .containsOnly(0.0);
        assertThat(registry.get("gerve.refusals")
                        .tag("rule", "no_write_grant")
                        .counter()
                        .count())
                .isZero();
    }

    @Test
    void requestIsCountedByServiceAndOutcome() {
        metrics.ended("git-upload-pack", RequestOutcome.SERVED, Duration.ofSeconds(2));
        metrics.ended("", RequestOutcome.ANSWERED, Duration.ofMillis(3));
        assertThat(requests("git-upload-pack", "served")).isEqualTo(1);
        assertThat(requests("none", "answered")).isEqualTo(1);
        assertThat(registry.get("gerve.request")
                        .tag("service", "git-upload-pack")
                        .timer()
                        .totalTime(TimeUnit.SECONDS))
                .isEqualTo(2);
    }

    @Test
    void phaseThatWasNotReachedIsNotMeasured() {
        metrics.took(RequestMetrics.Phase.ROUTE, Duration.ZERO);
        metrics.took(RequestMetrics.Phase.AUTHORIZE, Duration.ofMillis(7));
        assertThat(phases("route")).isZero();
        assertThat(phases("authorize")).isEqualTo(1);
    }

    @Test
    void bytesAreCountedWhileTheRequestRuns() {
        var transfer = new TransferMonitor(metrics.traffic());
        assertThat(transfer.firstByte()).isZero();
        transfer.in(new byte[5], 0, 5);
        transfer.out(70);
        transfer.out(7);
        assertThat(bytes("in")).isEqualTo(5);
        assertThat(bytes("out")).isEqualTo(77);
        assertThat(transfer.firstByte()).isPositive();
    }

    private double requests(String service, String outcome) {
        return registry.get("gerve.requests")
                .tags("service", service, "outcome", outcome)
                .counter()
                .count();
    }

    private long phases(String phase) {
        return registry.get("gerve.request.phase").tag("phase", phase).timer().count();
    }

    private double bytes(String direction) {
        FunctionCounter counter =
                registry.get("gerve.git.bytes").tag("direction", direction).functionCounter();
        return counter.count();
    }
}
