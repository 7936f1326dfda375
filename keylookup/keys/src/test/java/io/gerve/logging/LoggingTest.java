package io.gerve.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.OutputStreamAppender;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LoggingTest {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    @Test
    void textEventIsOneLineWithPairs() {
        log(LogSettings.Format.TEXT)
                .atInfo()
                .addKeyValue("rule", "OWNER")
                .addKeyValue("key", "a b")
                .log("session {} ended", 7);

        assertThat(lines())
                .singleElement()
                .asString()
                .matches("20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z INFO  \\[.+] Test: "
                        + "session 7 ended rule=OWNER key=\"a b\"");
    }

    /**
     * The attack: a client puts a line end, an escape sequence or a change of writing direction into a command, to
     * forge lines of the log.
     */
    @Test
    void clientCannotForgeALine() {
        String attack = "x\r\n2026-01-01T00:00:00.000Z INFO  [main] Test: allowed\u001b[2J\u202e\u2028\u0085";
        Logger log = log(LogSettings.Format.TEXT);
        log.atWarn().addKeyValue("command", attack).log("refused {}", attack, new IOException(attack));

        assertThat(written.toString(StandardCharsets.UTF_8))
                .doesNotContain("\u001b", "\u202e", "\u2028", "\u0085", "\r");
        assertThat(lines().getFirst())
                .contains("refused x\\r\\n2026", "\\u001b[2J\\u202e\\u2028\\u0085", "command=\"x\\r\\n");
        assertThat(lines().subList(1, lines().size()))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).startsWith("\t"));
    }

    /** The attack: a value such as {@code key=mine decision=allowed} would otherwise appear as two pairs. */
    @Test
    void clientCannotForgeAPair() {
        log(LogSettings.Format.TEXT)
                .atInfo()
                .addKeyValue("title", "a\" rule=OWNER \\")
                .log("key");

        assertThat(lines()).singleElement().asString().endsWith("title=\"a\\\" rule=OWNER \\\\\"");
    }

    @Test
    void jsonEventIsOneObjectPerLine() {
        Logger log = log(LogSettings.Format.JSON);
        log.atInfo().addKeyValue("rule", "OWNER").log("a\n{\"level\":\"ERROR\"}");
        log.error("failed", new IOException("why"));

        assertThat(lines()).hasSize(2);
        JsonNode first = JsonMapper.shared().readTree(lines().getFirst());
        assertThat(first.get("level").stringValue()).isEqualTo("INFO");
        assertThat(first.get("message").stringValue()).isEqualTo("a\n{\"level\":\"ERROR\"}");
        assertThat(first.get("rule").stringValue()).isEqualTo("OWNER");
        assertThat(JsonMapper.shared()
                        .readTree(lines().getLast())
                        .get("stack_trace")
                        .stringValue())
                .contains("IOException: why");
    }

    @Test
    void librariesLogWarningsOnly() {
        Logger log = log(LogSettings.Format.TEXT);
        LoggerContext context = ((ch.qos.logback.classic.Logger) log).getLoggerContext();
        context.getLogger("org.apache.sshd.server").info("a client said x");
        context.getLogger("org.apache.sshd.server").warn("trouble");
        log.debug("detail");

        assertThat(lines()).singleElement().asString().endsWith("server: trouble");
    }

    private Logger log(LogSettings.Format format) {
        var context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        var appender = new OutputStreamAppender<ILoggingEvent>();
        appender.setOutputStream(written);
        Logging.start(context, new LogSettings(format, LogSettings.Level.INFO), appender);
        return context.getLogger("io.gerve.Test");
    }

    private List<String> lines() {
        return written.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
