package io.gerve.request;

import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gerve.config.TracesSettings;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class OtlpRequestTracesTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00.123Z");
    private static final Duration NOT_REACHED = Duration.ZERO;

    @Test
    void servedRequestHasASpanForEachPhaseOneAfterTheOther() {
        var times = new RequestTraces.Times(
                START,
                Duration.ofMillis(1),
                Duration.ofMillis(2),
                Duration.ofMillis(3),
                Duration.ofMillis(4),
                Duration.ofMillis(7));

        List<SpanData> spans = spans(false, times, Map.of("request_id", "01k9", "bytes_out", 12L));

        assertThat(spans)
                .extracting(SpanData::getName)
                .containsExactly("authorize", "route", "connect", "relay", "git-upload-pack");
        SpanData request = spans.getLast();
        assertThat(request.getParentSpanId()).isEqualTo(SpanId.getInvalid());
        assertThat(request.getStartEpochNanos()).isEqualTo(nanos(START));
        assertThat(request.getEndEpochNanos()).isEqualTo(nanos(START.plusMillis(10)));
        assertThat(request.getAttributes().get(stringKey("gerve.request_id"))).isEqualTo("01k9");
        assertThat(request.getAttributes().get(longKey("gerve.bytes_out"))).isEqualTo(12);
        assertThat(request.getEvents())
                .singleElement()
                .extracting(EventData::getEpochNanos)
                .isEqualTo(nanos(START.plusMillis(7)));
        assertThat(request.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(request.getResource().getAttribute(stringKey("service.instance.id")))
                .isEqualTo("gate1");
        long end = request.getStartEpochNanos();
        for (SpanData phase : spans.subList(0, 4)) {
            assertThat(phase.getParentSpanId()).isEqualTo(request.getSpanId());
            assertThat(phase.getStartEpochNanos()).isEqualTo(end);
            end = phase.getEndEpochNanos();
        }
        assertThat(end).isEqualTo(request.getEndEpochNanos());
    }

    @Test
    void requestThatFailedByAFaultOfTheSiteHasOnlyThePhasesThatItReached() {
        var times = new RequestTraces.Times(
                START, Duration.ofMillis(1), NOT_REACHED, NOT_REACHED, Duration.ofMillis(4), NOT_REACHED);

        List<SpanData> spans = spans(true, times, Map.of());

        assertThat(spans).extracting(SpanData::getName).containsExactly("authorize", "git-upload-pack");
        assertThat(spans.getLast().getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(spans.getLast().getEvents()).isEmpty();
    }

    /** Nothing listens at the address. */
    @Test
    void collectorThatIsDownIsReportedInOneLine() throws Exception {
        var appender = new ListAppender<ILoggingEvent>();
        var logger = (Logger) LoggerFactory.getLogger(OtlpRequestTraces.class);
        appender.start();
        logger.addAppender(appender);
        try (var traces =
                RequestTraces.of(new TracesSettings("http://127.0.0.1:" + unusedPort() + "/v1/traces", 100), "gate1")) {
            add(
                    traces,
                    false,
                    new RequestTraces.Times(
                            START, Duration.ofMillis(1), NOT_REACHED, NOT_REACHED, NOT_REACHED, NOT_REACHED),
                    Map.of());
        } finally {
            logger.detachAppender(appender);
        }
        assertThat(appender.list)
                .singleElement()
                .satisfies(line -> assertThat(line.getFormattedMessage()).contains("metrics.traces_endpoint"));
    }

    private static List<SpanData> spans(boolean isFailure, RequestTraces.Times times, Map<String, Object> fields) {
        InMemorySpanExporter exporter = InMemorySpanExporter.create();
        OtlpRequestTraces traces = new OtlpRequestTraces(exporter, 100, "gate1");
        add(traces, isFailure, times, fields);
        traces.flush();
        List<SpanData> spans = exporter.getFinishedSpanItems();
        traces.close();
        return spans;
    }

    private static void add(
            RequestTraces traces, boolean isFailure, RequestTraces.Times times, Map<String, Object> fields) {
        traces.add("git-upload-pack", isFailure, times, fields);
    }

    private static int unusedPort() throws Exception {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static long nanos(Instant time) {
        return ChronoUnit.NANOS.between(Instant.EPOCH, time);
    }
}
