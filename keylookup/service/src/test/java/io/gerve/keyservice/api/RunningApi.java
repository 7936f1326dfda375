package io.gerve.keyservice.api;

import io.gerve.config.IpNetwork;
import io.gerve.config.KeyPolicySettings;
import io.gerve.config.KeylookupSettings;
import io.gerve.config.RedisSettings;
import io.gerve.invalidation.RedisInvalidationBus;
import io.gerve.keylookup.directory.Actor;
import io.gerve.keylookup.policy.CompromisedKeys;
import io.gerve.keylookup.policy.KeyPolicy;
import io.gerve.keylookup.store.MysqlKeyStore;
import io.gerve.keylookup.store.People;
import io.gerve.keylookup.token.MysqlTokenStore;
import io.gerve.keylookup.token.NewToken;
import io.gerve.keylookup.token.TokenScope;
import io.gerve.keyservice.KeylookupServer;
import io.gerve.metrics.DependencyProbe;
import io.gerve.metrics.Readiness;
import io.gerve.program.RequestIdGenerator;
import io.gerve.sql.Database;
import io.gerve.sql.DatabaseSettings;
import io.gerve.sql.testing.RunningMariaDb;
import io.gerve.sql.testing.RunningRedis;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;

/** Running API with a database of its own. Validates every response against the OpenAPI document. */
final class RunningApi implements AutoCloseable {
    static final KeylookupSettings.Limits LIMITS = new KeylookupSettings.Limits(16, 5000, 600, 60, 20_000);
    static final Actor OPERATOR = new Actor("root", "cli");

    private final DatabaseSettings settings = RunningMariaDb.shared().newMigratedDatabase();
    private final Database database = new Database(settings);
    /** Database with the rights of the service. */
    private final Database serviceDatabase = new Database(RunningMariaDb.as("gerve_keylookup", settings));

    private final RedisInvalidationBus invalidations =
            new RedisInvalidationBus(new RedisSettings(RunningRedis.shared().uri(), Duration.ofMillis(500)));
    private final InstantSource clock = InstantSource.system();
    private final People people = new People(database, clock);
    private final MysqlKeyStore keyStore = new MysqlKeyStore(database, invalidations, clock);
    private final MysqlTokenStore tokens = new MysqlTokenStore(database, clock, new SecureRandom());
    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final Readiness readiness = new Readiness(
            registry,
            new DependencyProbe("database", serviceDatabase::fault, registry),
            new DependencyProbe("redis", invalidations::fault, registry));
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final OpenApiDescription description = OpenApiDescription.load();
    private final KeylookupServer server;
    private final URI url;

    private RunningApi(KeylookupSettings settings) {
        RunningMariaDb.shared().grantRights(this.settings);
        this.url = settings.url();
        var policy = new KeyPolicy(settings.policy(), new CompromisedKeys(List.of(), System::nanoTime));
        this.server = new KeylookupServer(
                settings,
                new RestApi.Stores(
                        serviceDatabase,
                        invalidations,
                        new MysqlKeyStore(serviceDatabase, invalidations, clock),
                        new MysqlTokenStore(serviceDatabase, clock, new SecureRandom())),
                policy,
                new RequestIdGenerator(clock, new SecureRandom()),
                clock,
                new SecureRandom(),
                new KeylookupServer.Monitoring(registry, readiness));
        readiness.serving();
    }

    static RunningApi start() {
        return start(LIMITS);
    }

    /** @param proxies networks whose X-Forwarded-For header is trusted */
    static RunningApi start(KeylookupSettings.Limits limits, String... proxies) {
        return start(limits, true, proxies);
    }

    static RunningApi startWithoutPublicKeyLists() {
        return start(LIMITS, false);
    }

    private static RunningApi start(KeylookupSettings.Limits limits, boolean publicKeyLists, String... proxies) {
        int port = freePort();
        return new RunningApi(new KeylookupSettings(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                URI.create("http://127.0.0.1:" + port),
                List.of(proxies).stream().map(IpNetwork::parse).toList(),
                publicKeyLists,
                new KeylookupSettings.Connections(
                        100, 100, Duration.ofSeconds(30), Duration.ofMinutes(1), Duration.ofSeconds(5)),
                limits,
                new KeylookupSettings.Sessions(Duration.ofHours(1), Duration.ofHours(1)),
                new KeyPolicySettings(2048, 3072, KeyPolicySettings.WeakKeys.WARN, List.of())));
    }

    URI url() {
        return url;
    }

    RedisInvalidationBus invalidations() {
        return invalidations;
    }

    MysqlKeyStore keyStore() {
        return keyStore;
    }

    MysqlTokenStore tokens() {
        return tokens;
    }

    Database database() {
        return database;
    }

    Database serviceDatabase() {
        return serviceDatabase;
    }

    MeterRegistry registry() {
        return registry;
    }

    KeylookupServer server() {
        return server;
    }

    long user(String login) {
        return people.user(login);
    }

    long organization(String login, long owner) {
        return people.organization(login, owner);
    }

    long repository(long owner, String name, String visibility) {
        return people.repository(owner, name, visibility);
    }

    void collaborator(long repository, long account, String role) {
        people.collaborator(repository, account, role);
    }

    void suspend(String login, String reason) {
        people.suspend(login, reason);
    }

    /** Creates a token and returns the value of the Authorization header. */
    String token(long account, TokenScope... scopes) throws Exception {
        return bearer(new NewToken.ForAccount(account), scopes);
    }

    String serviceToken(TokenScope... scopes) throws Exception {
        return bearer(new NewToken.ForService(), scopes);
    }

    ApiResponse get(String path, String... headers) throws Exception {
        return send("GET", path, "", headers);
    }

    ApiResponse post(String path, String body, String... headers) throws Exception {
        return send("POST", path, body, headers);
    }

    ApiResponse delete(String path, String... headers) throws Exception {
        return send("DELETE", path, "", headers);
    }

    ApiResponse send(String method, String path, String body, String... headers) throws Exception {
        var publisher =
                body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body);
        var request = HttpRequest.newBuilder(url.resolve(path))
                .timeout(Duration.ofSeconds(30))
                .method(method, publisher);
        if (headers.length > 0) {
            request.headers(headers);
        }
        var response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        var apiResponse = new ApiResponse(response.statusCode(), response);
        description.check(method, url.resolve(path).getPath(), apiResponse);
        return apiResponse;
    }

    @Override
    public void close() {
        client.shutdownNow();
        server.close();
        readiness.close();
        invalidations.close();
        serviceDatabase.close();
        database.close();
    }

    private String bearer(NewToken.Owner owner, TokenScope... scopes) throws Exception {
        var created = tokens.create(new NewToken(owner, "test", Set.of(scopes), Instant.MAX), OPERATOR);
        return "Bearer " + created.token().secret();
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
