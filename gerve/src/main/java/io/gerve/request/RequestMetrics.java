package io.gerve.request;

import io.gerve.access.DecidingRule;
import io.gerve.access.Rule;
import io.gerve.accesslog.RequestDecision;
import io.gerve.git.GitService;
import io.gerve.metrics.LatencyTimer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * Meters of requests: how they ended, the rules that refused them, the time of each phase, and the bytes in each
 * direction. No label takes a value that a client chooses. Safe for use by many threads.
 */
public final class RequestMetrics {
    private final MeterRegistry registry;
    private final Traffic traffic = new Traffic(new LongAdder(), new LongAdder());

    enum Phase {
        /** From the connection to the verified key. */
        AUTHENTICATE,
        AUTHORIZE,
        ROUTE,
        /** Until the file server has accepted the command. */
        CONNECT,
        /** From the request to the first byte for the client. */
        FIRST_BYTE
    }

    /** Bytes of all git commands so far. */
    record Traffic(LongAdder in, LongAdder out) {}

    /** Registers the meters. Counters begin at zero, so that the first event is a change that an alert sees. */
    public RequestMetrics(MeterRegistry registry) {
        this.registry = registry;
        Stream.of(Phase.values()).forEach(this::timer);
        for (GitService service : GitService.values()) {
            total(service.program());
            Stream.of(RequestOutcome.values()).forEach(outcome -> requests(service.program(), outcome));
        }
        Stream.of(Rule.values()).forEach(this::refusals);
        Stream.of(RequestRule.values())
                .filter(rule -> isRefusal(rule.decision()))
                .forEach(this::refusals);
        bytes("in", traffic.in());
        bytes("out", traffic.out());
    }

    Traffic traffic() {
        return traffic;
    }

    /** @param service git program or self-service command, empty if the client asked for neither */
    void ended(String service, RequestOutcome outcome, Duration total) {
        String label = service.isEmpty() ? "none" : service;
        requests(label, outcome).increment();
        total(label).record(total);
    }

    /** Counts the rule if it refused the request. */
    void decided(RequestDecision decision, DecidingRule rule) {
        if (isRefusal(decision)) {
            refusals(rule).increment();
        }
    }

    private static boolean isRefusal(RequestDecision decision) {
        return switch (decision) {
            case DENIED, LIMITED, UNAVAILABLE -> true;
            case ALLOWED, GREETED, ANSWERED, FAILED, UNFINISHED -> false;
        };
    }

    /** Records the time of a phase. A phase without a time was not reached. */
    void took(Phase phase, Duration time) {
        if (time.isPositive()) {
            timer(phase).record(time);
        }
    }

    private Counter requests(String service, RequestOutcome outcome) {
        return Counter.builder("gerve.requests")
                .description("Requests that have ended")
                .tag("service", service)
                .tag("outcome", outcome.label())
                .register(registry);
    }

    private Counter refusals(DecidingRule rule) {
        return Counter.builder("gerve.refusals")
                .description("Requests that were refused, by the rule or limit")
                .tag("rule", rule.label())
                .register(registry);
    }

    private Timer timer(Phase phase) {
        return LatencyTimer.ofCalls("gerve.request.phase")
                .description("Time of each phase of a request")
                .tag("phase", phase.name().toLowerCase(Locale.ROOT))
                .register(registry);
    }

    private Timer total(String service) {
        return LatencyTimer.ofCommands("gerve.request")
                .description("Time from the request to its end")
                .tag("service", service)
                .register(registry);
    }

    private void bytes(String direction, LongAdder bytes) {
        FunctionCounter.builder("gerve.git.bytes", bytes, LongAdder::sum)
                .description("Bytes from clients (in) and to clients (out)")
                .baseUnit("bytes")
                .tag("direction", direction)
                .register(registry);
    }
}
