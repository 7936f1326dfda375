package io.gerve.config;

import io.gerve.config.algorithm.AlgorithmSettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Settings of the {@code [frontend]} section: the SSH frontend.
 *
 * @param listen address and port to listen on
 * @param hostKeys files of private host keys in OpenSSH's format, at least one. The frontend offers each key under its
 *     algorithm.
 * @param trustedProxies networks of the load balancers ({@code 10.0.0.0/8}). Connections from them must begin with a
 *     PROXY header; the frontend accepts no PROXY header from other addresses. Empty if clients connect directly.
 * @param algorithms algorithms that the frontend offers
 * @param hidesRegisteredKeys whether clients may sign with any key that they offer, so that nobody learns which keys are
 *     registered; otherwise keys that are not registered are refused when they are offered
 * @param limits limits per client and for all clients together
 * @param timeouts timeouts of connections
 */
public record FrontendSettings(
        InetSocketAddress listen,
        List<Path> hostKeys,
        List<IpNetwork> trustedProxies,
        AlgorithmSettings algorithms,
        boolean hidesRegisteredKeys,
        Limits limits,
        Timeouts timeouts) {
    public FrontendSettings {
        hostKeys = List.copyOf(hostKeys);
        trustedProxies = List.copyOf(trustedProxies);
        if (hostKeys.isEmpty()) {
            throw new IllegalArgumentException("frontend.host_keys must name at least one file");
        }
    }

    /**
     * Limits of the SSH frontend. Each must be at least 1.
     *
     * @param backlog maximum number of connections that the kernel holds before they are accepted
     * @param connectionsMax maximum number of concurrent connections
     * @param connectionsPerAddressMax maximum number of concurrent connections from one address (a /64 for IPv6, of
     *     which the /48 may have four times as many)
     * @param sessionsMax maximum number of concurrent git commands
     * @param sessionsPerAccountMax maximum number of concurrent git commands of one account or deploy key
     * @param channelsMax maximum number of concurrent channels on one connection
     * @param maxAuthTries maximum number of keys that one connection may offer
     */
    public record Limits(
            int backlog,
            int connectionsMax,
            int connectionsPerAddressMax,
            int sessionsMax,
            int sessionsPerAccountMax,
            int channelsMax,
            int maxAuthTries) {
        public Limits {
            SettingRange.atLeast("frontend.backlog", backlog, 1);
            SettingRange.atLeast("frontend.connections_max", connectionsMax, 1);
            SettingRange.atLeast("frontend.connections_per_address_max", connectionsPerAddressMax, 1);
            SettingRange.atLeast("frontend.sessions_max", sessionsMax, 1);
            SettingRange.atLeast("frontend.sessions_per_account_max", sessionsPerAccountMax, 1);
            SettingRange.atLeast("frontend.channels_max", channelsMax, 1);
            SettingRange.atLeast("frontend.max_auth_tries", maxAuthTries, 1);
        }
    }

    /**
     * Timeouts of the SSH frontend.
     *
     * @param loginGraceTime maximum time from connect to successful authentication; at least 1 s
     * @param kexTimeout maximum time of one key exchange, initial or later; at least 1 s
     * @param keepaliveInterval interval between keepalive messages to a client; at least 1 s
     * @param clientAliveTimeout time after which a client that answers no keepalive message is disconnected; at least
     *     {@code keepaliveInterval}. A stopped process does not answer although its host still acknowledges the
     *     packets.
     * @param idleTimeout time after which a connection without a git command is closed; at least 1 s
     * @param drainTimeout time that running git commands have to end when the program stops; at least 0 ms
     */
    public record Timeouts(
            Duration loginGraceTime,
            Duration kexTimeout,
            Duration keepaliveInterval,
            Duration clientAliveTimeout,
            Duration idleTimeout,
            Duration drainTimeout) {
        public Timeouts {
            SettingRange.atLeast("frontend.login_grace_time", loginGraceTime, Duration.ofSeconds(1));
            SettingRange.atLeast("frontend.kex_timeout", kexTimeout, Duration.ofSeconds(1));
            SettingRange.atLeast("frontend.keepalive_interval", keepaliveInterval, Duration.ofSeconds(1));
            SettingRange.atLeast("frontend.client_alive_timeout", clientAliveTimeout, keepaliveInterval);
            SettingRange.atLeast("frontend.idle_timeout", idleTimeout, Duration.ofSeconds(1));
            SettingRange.atLeast("frontend.drain_timeout", drainTimeout, Duration.ZERO);
        }
    }
}
