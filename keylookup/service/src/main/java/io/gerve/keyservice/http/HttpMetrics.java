package io.gerve.keyservice.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/** Metrics of the service, in Prometheus' format. Safe for use by many threads. */
public final class HttpMetrics {
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final AtomicInteger active = registry.gauge("gerve.api.requests.active", new AtomicInteger());

    public HttpMetrics() {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
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
        Timer.builder("gerve.api.requests")
                .description("HTTP requests")
                .tag("operation", operation)
                .tag("status", Integer.toString(status))
                .publishPercentileHistogram()
                .register(registry)
                .record(duration);
    }

    /** Records that the service closed a connection. */
    void connectionClosed(HttpConnections.CloseReason reason) {
        Counter.builder("gerve.api.connections.closed")
                .description("HTTP connections that the service closed")
                .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                .register(registry)
                .increment();
    }

    /** Returns all metrics in the text exposition format. */
    public String text() {
        return registry.scrape();
    }
}
