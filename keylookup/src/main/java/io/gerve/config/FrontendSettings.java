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
 * @param proxyFrom the balancers, as networks ({@code 10.0.0.0/8}), whose connections must begin with a PROXY header and from which
 *     alone one is believed; empty if clients connect directly
 * @param limits how much of the gate one client, and all together, may use
 * @param times how long things may take
 */
public record FrontendSettings(
        InetSocketAddress listen, List<Path> hostKeys, List<Network> proxyFrom, Limits limits, Times times) {
    public FrontendSettings {
        hostKeys = List.copyOf(hostKeys);
        proxyFrom = List.copyOf(proxyFrom);
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
     * @param authAttemptsMax keys that one connection may try to log in with
     */
    public record Limits(
            int backlog,
            int connectionsMax,
            int connectionsPerAddressMax,
            int sessionsMax,
            int sessionsPerAccountMax,
            int channelsMax,
            int authAttemptsMax) {
        public Limits {
            Setting.atLeast("frontend.backlog", backlog, 1);
            Setting.atLeast("frontend.connections_max", connectionsMax, 1);
            Setting.atLeast("frontend.connections_per_address_max", connectionsPerAddressMax, 1);
            Setting.atLeast("frontend.sessions_max", sessionsMax, 1);
            Setting.atLeast("frontend.sessions_per_account_max", sessionsPerAccountMax, 1);
            Setting.atLeast("frontend.channels_max", channelsMax, 1);
            Setting.atLeast("frontend.auth_attempts_max", authAttemptsMax, 1);
        }
    }

    /**
     * @param loginGrace from connecting to being authenticated
     * @param keyExchange for one key exchange, the first or a later one
     * @param heartbeat between two signs of life to a client
     * @param silence how long a client may answer no sign of life, as a stopped process does, while its host still acknowledges
     * @param idle how long a connection may stay open without a git command
     * @param drain how long running git commands may go on once the program was told to stop
     */
    public record Times(
            Duration loginGrace,
            Duration keyExchange,
            Duration heartbeat,
            Duration silence,
            Duration idle,
            Duration drain) {
        public Times {
            Setting.atLeast("frontend.login_grace", loginGrace, Duration.ofSeconds(1));
            Setting.atLeast("frontend.key_exchange", keyExchange, Duration.ofSeconds(1));
            Setting.atLeast("frontend.heartbeat", heartbeat, Duration.ofSeconds(1));
            Setting.atLeast("frontend.silence", silence, heartbeat);
            Setting.atLeast("frontend.idle", idle, Duration.ofSeconds(1));
            Setting.atLeast("frontend.drain", drain, Duration.ZERO);
        }
    }
}
