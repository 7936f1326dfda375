package io.gerve.keyservice;

import io.gerve.config.KeylookupSettings;
import io.gerve.keylookup.policy.KeyPolicy;
import io.gerve.keyservice.api.RestApi;
import io.gerve.keyservice.http.ClientAddressResolver;
import io.gerve.keyservice.http.HttpConnectionLimits;
import io.gerve.keyservice.http.HttpListener;
import io.gerve.keyservice.http.HttpMetrics;
import io.gerve.keyservice.http.RateLimiter;
import io.gerve.keyservice.http.RequestDispatcher;
import io.gerve.keyservice.repository.MysqlRepositoryAuthorizer;
import io.gerve.keyservice.web.SettingsPage;
import io.gerve.metrics.Readiness;
import io.gerve.program.RequestIdGenerator;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;

/** HTTP server with the REST API and the settings page. Serves requests from its construction until it is closed. */
public final class KeylookupServer implements AutoCloseable {
    private final RestApi api;
    private final HttpConnectionLimits connections;
    private final HttpListener listener;

    /** Meters of the program, and what it responds to probes. */
    public record Monitoring(MeterRegistry registry, Readiness readiness) {}

    /**
     * @param random a cryptographically secure generator
     * @throws IllegalStateException if the server cannot listen at the configured address
     */
    public KeylookupServer(
            KeylookupSettings settings,
            RestApi.Stores stores,
            KeyPolicy policy,
            RequestIdGenerator ids,
            InstantSource clock,
            RandomGenerator random,
            Monitoring monitoring) {
        var metrics = new HttpMetrics(monitoring.registry());
        var addresses = new ClientAddressResolver(settings.trustedProxies());
        var limits = new RateLimiter(settings.limits(), clock, System::nanoTime);
        this.api = new RestApi(
                settings, stores, policy, new RestApi.Protection(addresses, limits, monitoring.readiness()), clock);
        var pages = new SettingsPage(
                settings,
                new SettingsPage.Stores(
                        stores.database(),
                        stores.keyStore(),
                        stores.tokens(),
                        new MysqlRepositoryAuthorizer(stores.database())),
                policy,
                new SettingsPage.Protection(addresses, limits, random),
                clock);
        var dispatcher = new RequestDispatcher(
                List.of(pages, api), metrics, settings.limits().requestsMax(), System::nanoTime);
        this.connections = new HttpConnectionLimits(settings, addresses, metrics);
        this.listener = new HttpListener(settings, connections, dispatcher, ids);
    }

    /** Returns the port that the server listens on; if the settings say port 0, the port that the system chose. */
    public int port() {
        return listener.port();
    }

    public RestApi api() {
        return api;
    }

    /**
     * Stops accepting requests and waits at most {@code keylookup.drain_timeout} for running ones to finish. May be
     * called more than once.
     */
    @Override
    public void close() {
        listener.close();
        connections.close();
    }
}
