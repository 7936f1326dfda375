package io.gerve.config;

import io.gerve.logging.LogSettings;
import io.gerve.sql.DatabaseSettings;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Content of the configuration file. Every program reads the whole file, so each program finds an error in any section.
 *
 * @param lfs empty if the site has no LFS server
 * @param hashes hash of each setting, to compare the settings of programs
 */
public record GerveConfig(
        DatabaseSettings database,
        RedisSettings redis,
        CacheSettings cache,
        FrontendSettings frontend,
        FileServerSettings fileServers,
        KeylookupSettings keylookup,
        AgentSettings agent,
        AuditSettings audit,
        Optional<LfsSettings> lfs,
        MetricsSettings metrics,
        LogSettings log,
        SettingHashes hashes) {
    /** Configuration file of a program that is started without {@code --config}. */
    public static final Path DEFAULT_FILE = Path.of("/etc/gerve/gerve.toml");

    /**
     * Reads the configuration file.
     *
     * @throws InvalidConfig if the file cannot be read or contains errors; the message lists all errors
     */
    public static GerveConfig load(Path file) throws InvalidConfig {
        return new ConfigReader(new ConfigFile(file)).config();
    }
}
