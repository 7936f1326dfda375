package io.gerve.config;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The file's {@code [frontend]}: the SSH door.
 *
 * @param listen where clients connect
 * @param hostKeys files of private host keys in OpenSSH's format, at least one; each is offered under its algorithm
 * @param trustedProxies the balancers, as networks ({@code 10.0.0.0/8}), whose connections must begin with a PROXY header and from which
 *     alone one is believed; empty if clients connect directly
 * @param limits how much of the gate one client, and all together, may use
 * @param timeouts how long things may take
 */
public record FrontendSettings(
        InetSocketAddress listen,
        List<Path> hostKeys,
        List<IpNetwork> trustedProxies,
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
     * @param backlog connections that the kernel holds before they are accepted
     * @param connectionsMax connections at one time
     * @param connectionsPerAddressMax connections at one time from one address (a /64 for IPv6)
     * @param sessionsMax git commands at one time
     * @param sessionsPerAccountMax git commands at one time of one account or deploy key
     * @param channelsMax channels at one time on one connection
     * @param maxAuthTries keys that one connection may try to log in with
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
     * @param loginGraceTime from connecting to being authenticated
     * @param kexTimeout for one key exchange, the first or a later one
     * @param keepaliveInterval between two signs of life to a client
     * @param clientAliveTimeout how long a client may answer no sign of life, as a stopped process does, while its host still acknowledges
     * @param idleTimeout how long a connection may stay open without a git command
     * @param drainTimeout how long running git commands may go on once the program was told to stop
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
