package io.gerve.keylookup.api;

import io.gerve.config.KeylookupSettings;
import io.gerve.keylookup.key.KeyPolicy;
import io.gerve.keylookup.key.MysqlKeyRegister;
import io.gerve.keylookup.token.MysqlTokens;
import io.gerve.lookup.Changes;
import io.gerve.program.RequestIds;
import io.gerve.sql.Database;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;

/** The REST API of a site. Answers as soon as it is made, until it is closed. */
public final class ApiServer implements AutoCloseable {
    private final List<Operation> operations;
    private final HttpListener listener;

    /** What the API stands on. The caller closes it, after this. */
    public record Stores(Database database, Changes changes, MysqlKeyRegister register, MysqlTokens tokens) {}

    /** @throws IllegalStateException if nothing can listen at that address */
    public ApiServer(KeylookupSettings settings, Stores stores, KeyPolicy policy, RequestIds ids, InstantSource clock) {
        var metrics = new Metrics();
        var accounts = new MysqlAccounts(stores.database());
        var addresses = new ClientAddress(settings.proxyFrom());
        var limits = new RateLimits(settings.limits(), clock);
        var urls = new Urls(settings.url());
        var userKeys = new UserKeys(stores.register(), accounts, policy, urls, clock);
        var deployKeys =
                new DeployKeys(stores.register(), new MysqlAdministrators(stores.database()), policy, urls, clock);
        this.operations = Stream.of(
                        new Probes(accounts, stores.changes(), metrics, addresses).operations(),
                        new Profiles(accounts, limits, settings).operations(),
                        userKeys.operations(),
                        deployKeys.operations())
                .flatMap(List::stream)
                .toList();
        var api = new Api(
                operations,
                new Callers(
                        stores.tokens(),
                        accounts,
                        addresses,
                        new TokenGuesses(settings.limits().anonymousRequestsPerHour(), System::nanoTime)),
                limits,
                metrics,
                urls,
                settings.limits().requestsMax(),
                System::nanoTime);
        this.listener = new HttpListener(settings, api, ids);
    }

    /** The port that was taken, where the settings leave it open. */
    public int port() {
        return listener.port();
    }

    List<Operation> operations() {
        return operations;
    }

    /** Takes no more requests, and lets those under way end within {@code keylookup.drain}. May be called twice. */
    @Override
    public void close() {
        listener.close();
    }
}
