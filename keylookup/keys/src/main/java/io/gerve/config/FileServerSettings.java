package io.gerve.config;

import java.nio.file.Path;
import java.time.Duration;

/**
 * The file's {@code [file_servers]}: the gate's way to the file servers.
 *
 * @param user the account on every file server whose login shell is git-shell
 * @param identityFile the file of the private key with which the gate logs in there, in OpenSSH's format, without a passphrase
 * @param minIdlePerHost authenticated sessions that are kept open ahead for each host
 * @param sessionsPerHostMax sessions to one host at one time
 * @param connectTimeout for connecting and logging in to a host
 * @param folderTimeout for making, moving or removing a repository's folder on a host
 * @param keepaliveInterval between two signs of life to a host
 * @param maxSessionLifetime after which a session is not used again
 * @param maxSessionUses git commands after which a session is not used again
 */
public record FileServerSettings(
        String user,
        Path identityFile,
        int minIdlePerHost,
        int sessionsPerHostMax,
        Duration connectTimeout,
        Duration folderTimeout,
        Duration keepaliveInterval,
        Duration maxSessionLifetime,
        int maxSessionUses) {
    public FileServerSettings {
        if (!user.matches("[a-z_][a-z0-9_-]{0,31}")) {
            throw new IllegalArgumentException("file_servers.user must be the name of a Unix account");
        }
        SettingRange.atLeast("file_servers.min_idle_per_host", minIdlePerHost, 0);
        SettingRange.atLeast("file_servers.sessions_per_host_max", sessionsPerHostMax, Math.max(1, minIdlePerHost));
        SettingRange.atMost("file_servers.connect_timeout", connectTimeout, Duration.ofMinutes(10));
        SettingRange.atLeast("file_servers.connect_timeout", connectTimeout, Duration.ofMillis(100));
        SettingRange.atMost("file_servers.folder_timeout", folderTimeout, Duration.ofHours(1));
        SettingRange.atLeast("file_servers.folder_timeout", folderTimeout, Duration.ofSeconds(1));
        SettingRange.atLeast("file_servers.keepalive_interval", keepaliveInterval, Duration.ofSeconds(1));
        SettingRange.atLeast("file_servers.max_session_lifetime", maxSessionLifetime, Duration.ofSeconds(1));
        SettingRange.atLeast("file_servers.max_session_uses", maxSessionUses, 1);
    }

    /** The same, with another number of sessions kept ready. */
    public FileServerSettings withMinIdle(int sessions) {
        return new FileServerSettings(
                user,
                identityFile,
                sessions,
                sessionsPerHostMax,
                connectTimeout,
                folderTimeout,
                keepaliveInterval,
                maxSessionLifetime,
                maxSessionUses);
    }
}
