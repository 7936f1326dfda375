package io.gerve.ssh;

import io.gerve.config.FrontendSettings;
import io.gerve.config.IpNetwork;
import io.gerve.connection.PendingConnections;
import io.gerve.keylookup.directory.KeyDirectory;
import io.gerve.login.RefusedLogin;
import io.gerve.request.RequestRunner;
import io.gerve.ssh.metrics.ConnectionMetrics;
import io.gerve.ssh.metrics.RefusedProxyHeaders;
import io.gerve.ssh.transport.FairQueue;
import java.net.InetAddress;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Settings, services and limits that all connections share.
 *
 * @param refusedLogins receives each refused login when its connection has ended
 * @param metrics the meters of connections and logins
 * @param proxyHeaders counts and logs connections that do not agree with the trusted proxies
 * @param perAddress the limit on connections per client address
 * @param unauthenticated the connections of clients that have not authenticated, by address
 * @param idle the connections of authenticated clients that run no command, by account or organization
 * @param loginExchanges the queue for key exchanges of clients that have not authenticated
 * @param rekeyExchanges the queue for key re-exchanges of authenticated clients, which do not wait for logins
 * @param connections the open connections; each connection adds and removes itself
 * @param authenticated those of them whose clients have authenticated and that are not being closed for others
 */
record ConnectionContext(
        FrontendSettings settings,
        KeyDirectory keys,
        RequestRunner requests,
        Consumer<RefusedLogin> refusedLogins,
        ConnectionMetrics metrics,
        RefusedProxyHeaders proxyHeaders,
        ConnectionSlots perAddress,
        PendingConnections<IpNetwork> unauthenticated,
        PendingConnections<Object> idle,
        FairQueue loginExchanges,
        FairQueue rekeyExchanges,
        Set<SshConnection> connections,
        Set<SshConnection> authenticated) {
    FrontendSettings.Limits limits() {
        return settings.limits();
    }

    /**
     * Returns whether the connections are within their limit, if need be after one that was idle is being closed. A
     * connection that was closed in favour of another one does not count, however long its end takes in a flood.
     */
    boolean hasRoom() {
        return unauthenticated.number() + authenticated.size() <= limits().connectionsMax() || idle.evict();
    }

    /** Returns whether connections from the address begin with a PROXY header. */
    boolean isProxy(InetAddress address) {
        return settings.trustedProxies().stream().anyMatch(network -> network.contains(address));
    }

    FrontendSettings.Timeouts timeouts() {
        return settings.timeouts();
    }
}
