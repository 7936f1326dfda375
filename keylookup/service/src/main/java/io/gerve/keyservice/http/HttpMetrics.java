package io.gerve.keyservice.http;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** What is measured of the service, for Prometheus. Safe for use by many threads. */
public final class HttpMetrics {
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final AtomicInteger underWay = registry.gauge("gerve.api.requests.active", new AtomicInteger());

    public HttpMetrics() {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
    }

    void started() {
        underWay.incrementAndGet();
    }

    /** @param operation one of those that there are, never what a client wrote: each makes a series of its own */
    void ended(String operation, int status, Duration took) {
        underWay.decrementAndGet();
        Timer.builder("gerve.api.requests")
                .description("Requests")
                .tag("operation", operation)
                .tag("status", Integer.toString(status))
                .publishPercentileHistogram()
                .register(registry)
                .record(took);
    }

    public String text() {
        return registry.scrape();
    }
}
