package io.gerve.keyservice;

import io.gerve.config.KeylookupSettings;
import io.gerve.keylookup.policy.KeyPolicy;
import io.gerve.keyservice.api.RestApi;
import io.gerve.keyservice.http.ClientAddressResolver;
import io.gerve.keyservice.http.HttpListener;
import io.gerve.keyservice.http.HttpMetrics;
import io.gerve.keyservice.http.RateLimiter;
import io.gerve.keyservice.http.RequestDispatcher;
import io.gerve.keyservice.repository.MysqlRepositoryAuthorizer;
import io.gerve.keyservice.web.SettingsPage;
import io.gerve.program.RequestIdGenerator;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;

/** The API and the settings page of a site. Answers as soon as it is made, until it is closed. */
public final class KeylookupServer implements AutoCloseable {
    private final RestApi api;
    private final HttpListener listener;

    /**
     * @param chance must not be guessable
     * @throws IllegalStateException if nothing can listen at that address
     */
    public KeylookupServer(
            KeylookupSettings settings,
            RestApi.Stores stores,
            KeyPolicy policy,
            RequestIdGenerator ids,
            InstantSource clock,
            RandomGenerator chance) {
        var metrics = new HttpMetrics();
        var addresses = new ClientAddressResolver(settings.trustedProxies());
        var limits = new RateLimiter(settings.limits(), clock);
        this.api = new RestApi(settings, stores, policy, new RestApi.Protection(addresses, limits, metrics), clock);
        var pages = new SettingsPage(
                settings,
                new SettingsPage.Stores(
                        stores.database(),
                        stores.register(),
                        stores.tokens(),
                        new MysqlRepositoryAuthorizer(stores.database())),
                policy,
                new SettingsPage.Protection(addresses, limits, chance),
                clock);
        var desk = new RequestDispatcher(
                List.of(pages, api), metrics, settings.limits().requestsMax(), System::nanoTime);
        this.listener = new HttpListener(settings, desk, ids);
    }

    /** The port that was taken, where the settings leave it open. */
    public int port() {
        return listener.port();
    }

    public RestApi api() {
        return api;
    }

    /** Takes no more requests, and lets those under way end within {@code keylookup.drain_timeout}. May be called twice. */
    @Override
    public void close() {
        listener.close();
    }
}
