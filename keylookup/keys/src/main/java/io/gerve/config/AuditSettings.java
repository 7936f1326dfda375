package io.gerve.config;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * Settings of the {@code [audit]} section: the access log of requests and refused logins.
 *
 * @param gate name of this gate, which identifies its hash chain of records. Must not change between restarts.
 * @param spool directory that every record passes through, and where records wait while the database is down
 * @param spoolMegabytesMax maximum size of the spool in megabytes; at least 1
 * @param queueMax maximum number of records that wait in memory; at least 1
 * @param runningRecordAfter time after which a request that is still running is recorded; at least 1 second
 * @param retention age up to which {@code gerve audit log prune} keeps records; at least 1 day
 * @param refusedLogins limits on the number of refused logins that are recorded individually
 * @param refusedRequestsPerKeyMax maximum number of refused requests per minute of one key that are recorded
 *     individually; at least 1
 * @param selfService whether the gate answers {@code ssh git@host whoami} and {@code explain}
 */
public record AuditSettings(
        String gate,
        Path spool,
        int spoolMegabytesMax,
        int queueMax,
        Duration runningRecordAfter,
        Duration retention,
        RefusedLogins refusedLogins,
        int refusedRequestsPerKeyMax,
        boolean selfService) {
    private static final Path KERNEL_HOST_NAME = Path.of("/proc/sys/kernel/hostname");
    private static final Pattern GATE = Pattern.compile("[A-Za-z0-9._-]{1,63}");
    private static final Duration RUNNING_RECORD_AFTER_MIN = Duration.ofSeconds(1);
    private static final Duration RETENTION_MIN = Duration.ofDays(1);

    public AuditSettings {
        if (!GATE.matcher(gate).matches()) {
            throw new IllegalArgumentException("audit.gate must be 1 to 63 letters, digits, '.', '_' and '-'");
        }
        SettingRange.atLeast("audit.spool_megabytes_max", spoolMegabytesMax, 1);
        SettingRange.atLeast("audit.queue_max", queueMax, 1);
        SettingRange.atLeast("audit.running_record_after", runningRecordAfter, RUNNING_RECORD_AFTER_MIN);
        SettingRange.atLeast("audit.refused_requests_per_key_max", refusedRequestsPerKeyMax, 1);
        if (retention.compareTo(RETENTION_MIN) < 0) {
            throw new IllegalArgumentException("audit.retention must be at least " + Durations.text(RETENTION_MIN)
                    + ", not " + Durations.text(retention));
        }
    }

    /**
     * Limits on individually recorded refused logins. Each limit applies separately to clients that proved possession
     * of a key and to all other clients. Refused logins above a limit are counted and recorded as a number.
     *
     * @param perMinuteMax maximum per minute for all clients together; at least 1
     * @param perAddressMax maximum per minute for one address (a /64 for IPv6); at least 1
     */
    public record RefusedLogins(int perMinuteMax, int perAddressMax) {
        public RefusedLogins {
            SettingRange.atLeast("audit.refused_logins_per_minute_max", perMinuteMax, 1);
            SettingRange.atLeast("audit.refused_logins_per_address_max", perAddressMax, 1);
        }
    }

    /** Returns the host name of this machine with every character replaced that a gate name must not contain. */
    static String hostName() {
        String name = kernelHostName().strip().replaceAll("[^A-Za-z0-9._-]", "-");
        return name.isEmpty() ? "gate" : name.substring(0, Math.min(name.length(), 63));
    }

    private static String kernelHostName() {
        try {
            return Files.isReadable(KERNEL_HOST_NAME)
                    ? Files.readString(KERNEL_HOST_NAME)
                    : InetAddress.getLocalHost().getHostName();
        } catch (IOException _) {
            return "";
        }
    }
}
