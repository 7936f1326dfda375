package io.gerve.ssh;

import io.gerve.config.FrontendSettings;
import io.gerve.keylookup.key.KeyDirectory;
import io.gerve.session.RequestRunner;
import java.util.Set;

/**
 * What all connections share.
 *
 * @param connections those that are open, kept by them
 */
record Door(
        FrontendSettings settings,
        KeyDirectory keys,
        RequestRunner requests,
        ConnectionSlots perAddress,
        Set<Connection> connections) {
    FrontendSettings.Limits limits() {
        return settings.limits();
    }

    FrontendSettings.Times times() {
        return settings.times();
    }
}
