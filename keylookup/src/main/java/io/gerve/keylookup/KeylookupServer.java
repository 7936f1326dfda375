package io.gerve.keylookup;

import io.gerve.config.KeylookupSettings;
import io.gerve.keylookup.api.Api;
import io.gerve.keylookup.http.ClientAddress;
import io.gerve.keylookup.http.FrontDesk;
import io.gerve.keylookup.http.HttpListener;
import io.gerve.keylookup.http.Metrics;
import io.gerve.keylookup.http.RateLimits;
import io.gerve.keylookup.key.KeyPolicy;
import io.gerve.keylookup.repository.MysqlAdministrators;
import io.gerve.keylookup.web.SettingsPage;
import io.gerve.program.RequestIds;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;

/** The API and the settings page of a site. Answers as soon as it is made, until it is closed. */
public final class KeylookupServer implements AutoCloseable {
    private final Api api;
    private final HttpListener listener;

    /**
     * @param chance must not be guessable
     * @throws IllegalStateException if nothing can listen at that address
     */
    public KeylookupServer(
            KeylookupSettings settings,
            Api.Stores stores,
            KeyPolicy policy,
            RequestIds ids,
            InstantSource clock,
            RandomGenerator chance) {
        var metrics = new Metrics();
        var addresses = new ClientAddress(settings.proxyFrom());
        var limits = new RateLimits(settings.limits(), clock);
        this.api = new Api(settings, stores, policy, new Api.Doorway(addresses, limits, metrics), clock);
        var pages = new SettingsPage(
                settings,
                new SettingsPage.Stores(
                        stores.database(),
                        stores.register(),
                        stores.tokens(),
                        new MysqlAdministrators(stores.database())),
                policy,
                new SettingsPage.Doorway(addresses, limits, chance),
                clock);
        var desk = new FrontDesk(List.of(pages, api), metrics, settings.limits().requestsMax(), System::nanoTime);
        this.listener = new HttpListener(settings, desk, ids);
    }

    /** The port that was taken, where the settings leave it open. */
    public int port() {
        return listener.port();
    }

    public Api api() {
        return api;
    }

    /** Takes no more requests, and lets those under way end within {@code keylookup.drain}. May be called twice. */
    @Override
    public void close() {
        listener.close();
    }
}
