package io.gerve.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Locale;

/**
 * Readiness of the program for clients: it is serving, and at least one of its dependencies is up. While one of them
 * answers, clients get an answer too, if only a message with the reason; a load balancer that had no program left would
 * give them none. Safe for use by many threads.
 */
public final class Readiness implements AutoCloseable {
    private final List<DependencyProbe> dependencies;
    private volatile Phase phase = Phase.STARTING;

    private enum Phase {
        STARTING,
        SERVING,
        DRAINING
    }

    /** @param dependencies closed with this object */
    public Readiness(MeterRegistry registry, DependencyProbe... dependencies) {
        this.dependencies = List.of(dependencies);
        Gauge.builder("gerve.ready", () -> isReady() ? 1 : 0)
                .description("Whether the program takes clients")
                .register(registry);
    }

    /** Records that the program accepts clients. */
    public void serving() {
        phase = Phase.SERVING;
    }

    /** Records that the program accepts no clients any more. */
    public void draining() {
        phase = Phase.DRAINING;
    }

    public boolean isReady() {
        return phase == Phase.SERVING && dependencies.stream().anyMatch(DependencyProbe::isUp);
    }

    /** Returns the phase and the state of each dependency, one a line. */
    public String text() {
        var text = new StringBuilder(phase.name().toLowerCase(Locale.ROOT)).append('\n');
        dependencies.forEach(dependency ->
                text.append(dependency.name()).append(dependency.isUp() ? " ok\n" : " does not answer\n"));
        return text.toString();
    }

    @Override
    public void close() {
        dependencies.forEach(DependencyProbe::close);
    }
}
