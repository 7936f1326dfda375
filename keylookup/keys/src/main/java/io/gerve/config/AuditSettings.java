package io.gerve.config;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * The file's {@code [audit]}: the record of every request and refused login.
 *
 * @param gate the name under which this machine's records are chained; must stay the same over restarts
 * @param spool the folder through which records go, and in which they wait while the database is away
 * @param spoolMegabytesMax what they may take there
 * @param queueMax records that may wait in memory
 * @param retention for how long records are kept when {@code gerve audit log prune} runs
 * @param refusedLogins how many of them are recorded one by one
 * @param selfService whether {@code ssh git@host whoami} and {@code explain} are answered
 */
public record AuditSettings(
        String gate,
        Path spool,
        int spoolMegabytesMax,
        int queueMax,
        Duration retention,
        RefusedLogins refusedLogins,
        boolean selfService) {
    private static final Path KERNELS_HOST_NAME = Path.of("/proc/sys/kernel/hostname");
    private static final Pattern GATE = Pattern.compile("[A-Za-z0-9._-]{1,63}");
    private static final Duration KEEP_MIN = Duration.ofDays(1);

    public AuditSettings {
        if (!GATE.matcher(gate).matches()) {
            throw new IllegalArgumentException("audit.gate must be 1 to 63 letters, digits, '.', '_' and '-'");
        }
        SettingRange.atLeast("audit.spool_megabytes_max", spoolMegabytesMax, 1);
        SettingRange.atLeast("audit.queue_max", queueMax, 1);
        if (retention.compareTo(KEEP_MIN) < 0) {
            throw new IllegalArgumentException("audit.retention must be at least " + Durations.text(KEEP_MIN) + ", not "
                    + Durations.text(retention));
        }
    }

    /**
     * Each for those who proved to have a key, and for all others. What is beyond is counted, and recorded as a number.
     *
     * @param perMinuteMax logins that were refused, of all clients together
     * @param perAddressMax those of one address (a /64 for IPv6) in a minute
     */
    public record RefusedLogins(int perMinuteMax, int perAddressMax) {
        public RefusedLogins {
            SettingRange.atLeast("audit.refused_logins_per_minute_max", perMinuteMax, 1);
            SettingRange.atLeast("audit.refused_logins_per_address_max", perAddressMax, 1);
        }
    }

    /** This machine's, in the form of a gate's name. */
    static String hostName() {
        String name = kernelsHostName().strip().replaceAll("[^A-Za-z0-9._-]", "-");
        return name.isEmpty() ? "gate" : name.substring(0, Math.min(name.length(), 63));
    }

    private static String kernelsHostName() {
        try {
            return Files.isReadable(KERNELS_HOST_NAME)
                    ? Files.readString(KERNELS_HOST_NAME)
                    : InetAddress.getLocalHost().getHostName();
        } catch (IOException _) {
            return "";
        }
    }
}
