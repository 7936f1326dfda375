package io.gerve.ssh;

import io.gerve.config.FrontendSettings;
import io.gerve.keylookup.directory.KeyDirectory;
import io.gerve.login.RefusedLogin;
import io.gerve.request.RequestRunner;
import io.gerve.ssh.transport.UnauthenticatedConnections;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What all connections share.
 *
 * @param unauthenticated the connections of clients that have not logged in
 * @param loginExchanges the key exchanges of clients that have not logged in
 * @param rekeyExchanges those of clients that have, which need not wait for the others
 * @param refusedLogins takes those that were refused, when their connections have ended
 * @param connections those that are open, kept by them
 */
record ConnectionContext(
        FrontendSettings settings,
        KeyDirectory keys,
        RequestRunner requests,
        Consumer<RefusedLogin> refusedLogins,
        ConnectionSlots perAddress,
        UnauthenticatedConnections unauthenticated,
        KeyExchangeQueue loginExchanges,
        KeyExchangeQueue rekeyExchanges,
        Set<SshConnection> connections) {
    FrontendSettings.Limits limits() {
        return settings.limits();
    }

    FrontendSettings.Timeouts timeouts() {
        return settings.timeouts();
    }
}
