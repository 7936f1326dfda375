package io.gerve.fileserver;

import io.gerve.routing.FileServerHost;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.function.ToLongFunction;

/** Meters of the pool for each host, tagged with its name, so that they stay if its address or host key changes. */
final class PoolMetrics {
    private final MeterRegistry registry;
    private final Map<FileServerHost, HostPool> hosts;

    PoolMetrics(MeterRegistry registry, Map<FileServerHost, HostPool> hosts) {
        this.registry = registry;
        this.hosts = hosts;
    }

    /** Registers the meters of a host, if they are not registered yet. */
    void add(FileServerHost host) {
        sessions(host.name(), "idle", HostPool::idleCount);
        sessions(host.name(), "dialing", HostPool::dialingCount);
        sessions(host.name(), "borrowed", pool -> pool.openCount() - pool.idleCount() - pool.dialingCount());
        FunctionCounter.builder("gerve.pool.login.failures", hosts, _ -> sum(host.name(), HostPool::loginFailures))
                .description("Failed attempts to connect and log in to a host")
                .tag("host", host.name())
                .register(registry);
    }

    private void sessions(String host, String state, ToLongFunction<HostPool> count) {
        Gauge.builder("gerve.pool.sessions", hosts, _ -> sum(host, count))
                .description("SSH sessions to a host, by state")
                .tag("host", host)
                .tag("state", state)
                .register(registry);
    }

    private long sum(String host, ToLongFunction<HostPool> count) {
        return hosts.entrySet().stream()
                .filter(entry -> entry.getKey().name().equals(host))
                .mapToLong(entry -> count.applyAsLong(entry.getValue()))
                .sum();
    }
}
