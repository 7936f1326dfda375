package io.gerve.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gerve.config.FrontendSettings.Limits;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class HeapBudgetTest {
    private static final long MEBIBYTE = 1 << 20;

    private final Logger logger = (Logger) LoggerFactory.getLogger(HeapBudget.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(log);
    }

    private static Limits limits(int connectionsMax, int sessionsMax) {
        return new Limits(128, connectionsMax, 256, sessionsMax, 64, 10, 10);
    }

    /** The figures of packaging/README.md and gerve.toml. */
    @Test
    void defaultHeapHoldsThreeThousandConnectionsAndAThirdOfAThousandSessions() {
        var budget = new HeapBudget(256 * MEBIBYTE);
        assertThat(budget.connectionsMax()).isEqualTo(3072);
        assertThat(budget.sessionsMax()).isEqualTo(358);
        assertThat(budget.idleBytes()).isEqualTo(8 * MEBIBYTE);
        assertThat(new HeapBudget(2100 * MEBIBYTE).sessionsMax()).isGreaterThan(4000);
        assertThat(new HeapBudget(1700 * MEBIBYTE).connectionsMax()).isGreaterThan(20_000);
    }

    @Test
    void extremeHeapsHaveLimits() {
        assertThat(new HeapBudget(32 * MEBIBYTE).sessionsMax()).isEqualTo(1);
        assertThat(new HeapBudget(Long.MAX_VALUE).sessionsMax()).isEqualTo(Integer.MAX_VALUE);
        assertThat(new HeapBudget(Long.MAX_VALUE).connectionsMax()).isEqualTo(Integer.MAX_VALUE);
        assertThat(new HeapBudget(Long.MAX_VALUE).readAheadBytes()).isEqualTo(1 << 30);
    }

    @Test
    void limitsThatFitAreKept() {
        Limits configured = limits(3072, 358);
        assertThat(new HeapBudget(256 * MEBIBYTE).fit(configured)).isEqualTo(configured);
        assertThat(log.list).isEmpty();
    }

    @Test
    void limitsThatExceedTheHeapAreLoweredWithAWarning() {
        assertThat(new HeapBudget(256 * MEBIBYTE).fit(limits(20_000, 4000))).isEqualTo(limits(3072, 358));
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .satisfiesExactly(
                        first ->
                                assertThat(first).startsWith("frontend.connections_max exceeds what the heap can hold"),
                        second ->
                                assertThat(second).startsWith("frontend.sessions_max exceeds what the heap can hold"));
        assertThat(log.list.getFirst().getKeyValuePairs())
                .extracting(Object::toString)
                .containsExactly("connections_max=\"20000\"", "heap_limit=\"3072\"");
    }
}
