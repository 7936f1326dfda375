package io.gerve.packaging.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.gerve.testbed.site.GateProcess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Traces that a gate sends to a collector. The collector here only keeps what it gets. */
@ExtendWith(SharedGate.class)
class TracesIT {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private final List<Span> spans = new CopyOnWriteArrayList<>();
    private HttpServer collector;

    @BeforeEach
    void startCollector() throws Exception {
        collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/traces", this::keep);
        collector.start();
    }

    @AfterEach
    void stopCollector() {
        collector.stop(0);
    }

    @Test
    void cloneAndRefusedPushHaveATraceWithTheFieldsOfTheirLogLines(RunningGate site) throws Exception {
        String repository = site.newRepositoryWithHistory("--public");
        String endpoint = "http://127.0.0.1:" + collector.getAddress().getPort() + "/v1/traces";
        try (GateProcess gate = site.site()
                .startGate(
                        config -> config.replace("[metrics]", "[metrics]\ntraces_endpoint = \"" + endpoint + "\""))) {
            site.site()
                    .ssh()
                    .addHost("as-traced", gate.port(), site.site().folder().resolve("keys/tom"));
            site.git("clone -q as-traced:" + repository + ".git traced").orThrow();
            assertThat(site.ssh("traced", "git-receive-pack '" + repository + "'")
                            .status())
                    .isEqualTo(128);

            await().atMost(TIMEOUT).until(() -> named("git-receive-pack").size() == 1);
            Span clone = named("git-upload-pack").getFirst();
            assertThat(children(clone)).containsExactly("authorize", "route", "connect", "relay");
            Map<String, String> facts = attributes(clone);
            assertThat(facts)
                    .containsEntry("gerve.repository", repository)
                    .containsEntry("gerve.principal", "tom")
                    .containsEntry("gerve.decision", "allowed")
                    .containsEntry("gerve.exit_status", "0");
            assertThat(gate.program().log())
                    .containsPattern("session .*request_id=\"?" + facts.get("gerve.request_id") + "\\b");

            Span push = named("git-receive-pack").getFirst();
            assertThat(children(push)).containsExactly("authorize");
            assertThat(attributes(push)).containsEntry("gerve.rule", "no_write_grant");
        }
    }

    private void keep(HttpExchange exchange) throws IOException {
        try (exchange) {
            ExportTraceServiceRequest.parseFrom(exchange.getRequestBody()).getResourceSpansList().stream()
                    .flatMap(resource -> resource.getScopeSpansList().stream())
                    .flatMap(scope -> scope.getSpansList().stream())
                    .forEach(spans::add);
            exchange.sendResponseHeaders(200, -1);
        }
    }

    private List<Span> named(String name) {
        return spans.stream().filter(span -> span.getName().equals(name)).toList();
    }

    private List<String> children(Span parent) {
        return spans.stream()
                .filter(span -> span.getParentSpanId().equals(parent.getSpanId()))
                .map(Span::getName)
                .toList();
    }

    private static Map<String, String> attributes(Span span) {
        return span.getAttributesList().stream()
                .collect(Collectors.toMap(
                        KeyValue::getKey, attribute -> attribute.getValue().getStringValue()));
    }
}
