package io.gerve.ssh;

import io.gerve.config.FrontendSettings;
import io.gerve.keylookup.key.KeyDirectory;
import io.gerve.session.RefusedLogin;
import io.gerve.session.RequestRunner;
import io.gerve.ssh.transport.UnauthenticatedConnections;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What all connections share.
 *
 * @param unauthenticated the connections of clients that have not logged in
 * @param logins the key exchanges of clients that have not logged in
 * @param changesOfKeys those of clients that have, which need not wait for the others
 * @param refusedLogins takes those that were refused, when their connections have ended
 * @param connections those that are open, kept by them
 */
record Door(
        FrontendSettings settings,
        KeyDirectory keys,
        RequestRunner requests,
        Consumer<RefusedLogin> refusedLogins,
        ConnectionSlots perAddress,
        UnauthenticatedConnections unauthenticated,
        KeyExchangeTurns logins,
        KeyExchangeTurns changesOfKeys,
        Set<Connection> connections) {
    FrontendSettings.Limits limits() {
        return settings.limits();
    }

    FrontendSettings.Times times() {
        return settings.times();
    }
}
