package io.gerve.config;

import java.nio.file.Path;
import java.time.Duration;

/**
 * The file's {@code [bridge]}: the gate's way to the file servers.
 *
 * @param user the account on every file server whose login shell is git-shell
 * @param identity the file of the private key with which the gate logs in there, in OpenSSH's format, without a passphrase
 * @param readyPerHost authenticated sessions that are kept open ahead for each host
 * @param sessionsPerHostMax sessions to one host at one time
 * @param connectTimeout for connecting and logging in to a host
 * @param folderTimeout for making, moving or removing a repository's folder on a host
 * @param heartbeat between two signs of life to a host
 * @param sessionAgeMax after which a session is not used again
 * @param sessionUsesMax git commands after which a session is not used again
 */
public record BridgeSettings(
        String user,
        Path identity,
        int readyPerHost,
        int sessionsPerHostMax,
        Duration connectTimeout,
        Duration folderTimeout,
        Duration heartbeat,
        Duration sessionAgeMax,
        int sessionUsesMax) {
    public BridgeSettings {
        if (!user.matches("[a-z_][a-z0-9_-]{0,31}")) {
            throw new IllegalArgumentException("bridge.user must be the name of a Unix account");
        }
        Setting.atLeast("bridge.ready_per_host", readyPerHost, 0);
        Setting.atLeast("bridge.sessions_per_host_max", sessionsPerHostMax, Math.max(1, readyPerHost));
        Setting.atMost("bridge.connect_timeout", connectTimeout, Duration.ofMinutes(10));
        Setting.atLeast("bridge.connect_timeout", connectTimeout, Duration.ofMillis(100));
        Setting.atMost("bridge.folder_timeout", folderTimeout, Duration.ofHours(1));
        Setting.atLeast("bridge.folder_timeout", folderTimeout, Duration.ofSeconds(1));
        Setting.atLeast("bridge.heartbeat", heartbeat, Duration.ofSeconds(1));
        Setting.atLeast("bridge.session_age_max", sessionAgeMax, Duration.ofSeconds(1));
        Setting.atLeast("bridge.session_uses_max", sessionUsesMax, 1);
    }

    /** The same, with another number of sessions kept ready. */
    public BridgeSettings keepingReady(int sessions) {
        return new BridgeSettings(
                user,
                identity,
                sessions,
                sessionsPerHostMax,
                connectTimeout,
                folderTimeout,
                heartbeat,
                sessionAgeMax,
                sessionUsesMax);
    }
}
