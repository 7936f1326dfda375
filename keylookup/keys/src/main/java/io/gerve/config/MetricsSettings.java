package io.gerve.config;

/** Settings of the {@code [metrics]} section. Each program has an address of its own, since they can share a machine. */
public record MetricsSettings(
        MetricsAddress frontend, MetricsAddress agent, MetricsAddress keylookup, TracesSettings traces) {}
