package io.gerve.site;

import io.gerve.config.SettingHashes;
import java.time.Instant;

/**
 * What a gate reports about itself.
 *
 * @param gate {@code audit.gate}
 * @param program {@code gerve-frontend} or {@code gerve agent}
 * @param account Unix account that runs the gate
 * @param configFile absolute path of the configuration file that the gate read
 * @param clock time of the gate's machine
 * @param refusedProxyHeaders number of connections with a PROXY header from an address that the gate does not trust,
 *     since its start
 * @param settings settings with which the gate runs
 */
public record GateReport(
        String gate,
        String program,
        String account,
        String configFile,
        Instant startedAt,
        Instant clock,
        long refusedProxyHeaders,
        SettingHashes settings) {}
