package io.gerve.request;

import io.gerve.config.TracesSettings;
import io.gerve.logging.LoggedEvents;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.slf4j.LoggerFactory;

/**
 * Traces of requests for an OpenTelemetry collector, by OTLP over HTTP. A request is a span with the name of its service,
 * and each of its phases a child. The attributes are the fields of the request's log line, with {@code gerve.} before
 * them. A trace is made when the request has ended, and sent by another thread; when the queue is full, it is dropped.
 * Safe for use by many threads.
 */
final class OtlpRequestTraces implements RequestTraces {
    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(OtlpRequestTraces.class);
    private static final Duration SEND_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration CLOSE_MAX = Duration.ofSeconds(5);
    private static final Duration LOG_INTERVAL = Duration.ofMinutes(1);
    /** Held, since Java forgets the level of a logger that nobody holds. {@link Sender} logs what fails. */
    private static final Logger LIBRARY_LOG = Logger.getLogger("io.opentelemetry");

    private final SdkTracerProvider provider;
    private final Tracer tracer;

    /** Creates traces that are sent to the collector of the settings. */
    OtlpRequestTraces(TracesSettings settings, String gate) {
        this(
                new Sender(OtlpHttpSpanExporter.builder()
                        .setEndpoint(settings.endpoint())
                        .setTimeout(SEND_TIMEOUT)
                        .setRetryPolicy(null)
                        .build()),
                settings.sampledPercent(),
                gate);
    }

    OtlpRequestTraces(SpanExporter exporter, int sampledPercent, String gate) {
        LIBRARY_LOG.setLevel(Level.OFF);
        this.provider = SdkTracerProvider.builder()
                .setResource(Resource.create(Attributes.of(
                        AttributeKey.stringKey("service.name"),
                        "gerve",
                        AttributeKey.stringKey("service.instance.id"),
                        gate)))
                .setSampler(Sampler.traceIdRatioBased(sampledPercent / 100.0))
                .addSpanProcessor(BatchSpanProcessor.builder(exporter).build())
                .build();
        this.tracer = provider.get("io.gerve");
    }

    @Override
    public boolean isOn() {
        return true;
    }

    @Override
    public void add(String name, boolean isFailure, Times times, Map<String, Object> fields) {
        long start = ChronoUnit.NANOS.between(Instant.EPOCH, times.start());
        Span request = tracer.spanBuilder(name)
                .setNoParent()
                .setSpanKind(SpanKind.SERVER)
                .setStartTimestamp(start, TimeUnit.NANOSECONDS)
                .startSpan();
        if (!request.isRecording()) {
            return;
        }
        fields.forEach((field, value) -> attribute(request, "gerve." + field, value));
        if (isFailure) {
            request.setStatus(StatusCode.ERROR);
        }
        if (times.firstByte().isPositive()) {
            request.addEvent("first_byte", start + times.firstByte().toNanos(), TimeUnit.NANOSECONDS);
        }
        Context parent = Context.root().with(request);
        long end = child(parent, "authorize", start, times.authorize());
        end = child(parent, "route", end, times.route());
        end = child(parent, "connect", end, times.connect());
        child(parent, "relay", end, times.connect().isPositive() ? times.relay() : Duration.ZERO);
        request.end(start + times.total().toNanos(), TimeUnit.NANOSECONDS);
    }

    private static void attribute(Span span, String name, Object value) {
        switch (value) {
            case Long number -> span.setAttribute(name, number);
            case Double number -> span.setAttribute(name, number);
            default -> span.setAttribute(name, value.toString());
        }
    }

    /** Adds the span of a phase that was reached, and returns its end. */
    private long child(Context parent, String name, long start, Duration time) {
        long end = start + time.toNanos();
        if (time.isPositive()) {
            tracer.spanBuilder(name)
                    .setParent(parent)
                    .setStartTimestamp(start, TimeUnit.NANOSECONDS)
                    .startSpan()
                    .end(end, TimeUnit.NANOSECONDS);
        }
        return end;
    }

    /** Sends the traces that wait, for some seconds at most. */
    void flush() {
        provider.forceFlush().join(CLOSE_MAX.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Sends the traces that wait, for some seconds at most, and stops. */
    @Override
    public void close() {
        provider.shutdown().join(CLOSE_MAX.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Exporter that reports a collector which does not accept traces. */
    private static final class Sender implements SpanExporter {
        private final SpanExporter exporter;
        private final LoggedEvents failures = new LoggedEvents(LOG_INTERVAL);

        Sender(SpanExporter exporter) {
            this.exporter = exporter;
        }

        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            CompletableResultCode result = exporter.export(spans);
            return result.whenComplete(() -> {
                long times = result.isSuccess() ? 0 : failures.count();
                if (times > 0) {
                    Throwable cause = result.getFailureThrowable();
                    LOG.atWarn()
                            .addKeyValue("times", times)
                            .addKeyValue("cause", cause == null ? "" : cause.toString())
                            .log("The collector at metrics.traces_endpoint did not accept traces, which are lost");
                }
            });
        }

        @Override
        public CompletableResultCode flush() {
            return exporter.flush();
        }

        @Override
        public CompletableResultCode shutdown() {
            return exporter.shutdown();
        }
    }
}
