package io.gerve.config;

import io.gerve.sql.DatabaseSettings;

/** What the configuration file says, whole. Every program reads all of it, so that a mistake in any part is found by each. */
public record GerveConfig(
        DatabaseSettings database,
        RedisSettings redis,
        LookupSettings lookup,
        FrontendSettings frontend,
        BridgeSettings bridge,
        LogSettings log) {}
