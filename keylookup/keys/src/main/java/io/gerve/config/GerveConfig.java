package io.gerve.config;

import io.gerve.logging.LogSettings;
import io.gerve.sql.DatabaseSettings;
import java.nio.file.Path;

/** What the configuration file says, whole. Every program reads all of it, so that a mistake in any part is found by each. */
public record GerveConfig(
        DatabaseSettings database,
        RedisSettings redis,
        CacheSettings cache,
        FrontendSettings frontend,
        FileServerSettings fileServers,
        KeylookupSettings keylookup,
        AgentSettings agent,
        AuditSettings audit,
        LogSettings log) {
    /** Where a program looks when it is given no other place. */
    public static final Path USUAL_PLACE = Path.of("/etc/gerve/gerve.toml");

    /** @throws InvalidConfig if the file cannot be read or anything in it is wrong, with all that is wrong */
    public static GerveConfig load(Path file) throws InvalidConfig {
        return new ConfigReader(new ConfigFile(file)).config();
    }
}
