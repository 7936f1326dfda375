package io.gerve.keyservice.http;

import io.gerve.metrics.LatencyTimer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/** Meters of the service's requests. Safe for use by many threads. */
public final class HttpMetrics {
    private final MeterRegistry registry;
    private final AtomicInteger active;
    private final Map<HttpConnectionLimits.CloseReason, Counter> closedConnections =
            new EnumMap<>(HttpConnectionLimits.CloseReason.class);

    public HttpMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.active = registry.gauge("gerve.api.requests.active", new AtomicInteger());
        for (HttpConnectionLimits.CloseReason reason : HttpConnectionLimits.CloseReason.values()) {
            closedConnections.put(
                    reason,
                    Counter.builder("gerve.api.connections.closed")
                            .description("HTTP connections that the service closed")
                            .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
    }

    void started() {
        active.incrementAndGet();
    }

    /**
     * Records a finished request.
     *
     * @param operation the path of a route, never the path that a client sent: each value creates a time series
     */
    void ended(String operation, int status, Duration duration) {
        active.decrementAndGet();
        LatencyTimer.ofCalls("gerve.api.requests")
                .description("HTTP requests")
                .tag("operation", operation)
                .tag("status", Integer.toString(status))
                .register(registry)
                .record(duration);
    }

    /** Records that the service closed a connection. */
    void connectionClosed(HttpConnectionLimits.CloseReason reason) {
        Objects.requireNonNull(closedConnections.get(reason)).increment();
    }
}
