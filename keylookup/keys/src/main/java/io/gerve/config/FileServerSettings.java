package io.gerve.config;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Settings of the {@code [file_servers]} section: SSH sessions from the gate to the file servers.
 *
 * @param user account on every file server whose login shell is git-shell
 * @param identityFile private key that authenticates the gate to file servers, in OpenSSH's format and without a
 *     passphrase
 * @param minIdlePerHost number of idle authenticated sessions that the pool maintains for each host; at least 0
 * @param sessionsPerHostMax maximum number of sessions to one host; at least 1 and at least {@code minIdlePerHost}
 * @param connectTimeout maximum time to connect and log in to a host; 100 ms to 10 min
 * @param folderTimeout maximum time to create, move or remove a repository's directory on a host; 1 s to 1 h
 * @param keepaliveInterval interval between keepalive messages to a host; at least 1 s
 * @param maxSessionLifetime age after which a session is not used again; at least 1 s
 * @param maxSessionUses number of git commands after which a session is not used again; at least 1
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

    /** Returns a copy of these settings with another minimum number of idle sessions. */
    public FileServerSettings withMinIdle(int minIdle) {
        return new FileServerSettings(
                user,
                identityFile,
                minIdle,
                sessionsPerHostMax,
                connectTimeout,
                folderTimeout,
                keepaliveInterval,
                maxSessionLifetime,
                maxSessionUses);
    }
}
