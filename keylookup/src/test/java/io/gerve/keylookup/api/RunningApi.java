package io.gerve.keylookup.api;

import io.gerve.config.KeyPolicySettings;
import io.gerve.config.KeylookupSettings;
import io.gerve.config.Network;
import io.gerve.config.RedisSettings;
import io.gerve.keylookup.KeylookupServer;
import io.gerve.keylookup.People;
import io.gerve.keylookup.key.Actor;
import io.gerve.keylookup.key.CompromisedKeys;
import io.gerve.keylookup.key.KeyPolicy;
import io.gerve.keylookup.key.MysqlKeyRegister;
import io.gerve.keylookup.token.MysqlTokens;
import io.gerve.keylookup.token.NewToken;
import io.gerve.keylookup.token.Scope;
import io.gerve.lookup.RedisChanges;
import io.gerve.program.RequestIds;
import io.gerve.sql.Database;
import io.gerve.sql.testing.RunningMariaDb;
import io.gerve.sql.testing.RunningRedis;
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

/** The API on a database of its own. Every answer that a test gets is held against the OpenAPI document. */
final class RunningApi implements AutoCloseable {
    static final KeylookupSettings.Limits LIMITS = new KeylookupSettings.Limits(100, 16, 5000, 600, 60, 20_000);
    static final Actor OPERATOR = new Actor("root", "cli");

    private final Database database = new Database(RunningMariaDb.shared().newMigratedDatabase());
    private final RedisChanges changes =
            new RedisChanges(new RedisSettings(RunningRedis.shared().uri(), Duration.ofMillis(500)));
    private final InstantSource clock = InstantSource.system();
    private final People people = new People(database, clock);
    private final MysqlKeyRegister register = new MysqlKeyRegister(database, changes, clock);
    private final MysqlTokens tokens = new MysqlTokens(database, clock, new SecureRandom());
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Description description = Description.load();
    private final KeylookupServer server;
    private final URI url;

    private RunningApi(KeylookupSettings settings) {
        this.url = settings.url();
        var policy = new KeyPolicy(settings.policy(), new CompromisedKeys(List.of(), System::nanoTime));
        this.server = new KeylookupServer(
                settings,
                new Api.Stores(database, changes, register, tokens),
                policy,
                new RequestIds(clock, new SecureRandom()),
                clock,
                new SecureRandom());
    }

    static RunningApi start() {
        return start(LIMITS);
    }

    /** @param proxies from where X-Forwarded-For is believed */
    static RunningApi start(KeylookupSettings.Limits limits, String... proxies) {
        int port = freePort();
        return new RunningApi(new KeylookupSettings(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                URI.create("http://127.0.0.1:" + port),
                List.of(proxies).stream().map(Network::parse).toList(),
                limits,
                new KeylookupSettings.Sessions(Duration.ofHours(1), Duration.ofHours(1)),
                Duration.ofSeconds(5),
                new KeyPolicySettings(2048, 3072, KeyPolicySettings.WeakKeys.WARN, List.of())));
    }

    URI url() {
        return url;
    }

    RedisChanges changes() {
        return changes;
    }

    MysqlKeyRegister register() {
        return register;
    }

    MysqlTokens tokens() {
        return tokens;
    }

    Database database() {
        return database;
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

    /** @return what stands in the Authorization header */
    String token(long account, Scope... scopes) throws Exception {
        return bearer(new NewToken.ForAccount(account), scopes);
    }

    String serviceToken(Scope... scopes) throws Exception {
        return bearer(new NewToken.ForService(), scopes);
    }

    Answer get(String path, String... headers) throws Exception {
        return send("GET", path, "", headers);
    }

    Answer post(String path, String body, String... headers) throws Exception {
        return send("POST", path, body, headers);
    }

    Answer delete(String path, String... headers) throws Exception {
        return send("DELETE", path, "", headers);
    }

    Answer send(String method, String path, String body, String... headers) throws Exception {
        var publisher =
                body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body);
        var request = HttpRequest.newBuilder(url.resolve(path))
                .timeout(Duration.ofSeconds(30))
                .method(method, publisher);
        if (headers.length > 0) {
            request.headers(headers);
        }
        var response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        var answer = new Answer(response.statusCode(), response);
        description.check(method, url.resolve(path).getPath(), answer);
        return answer;
    }

    @Override
    public void close() {
        client.shutdownNow();
        server.close();
        changes.close();
        database.close();
    }

    private String bearer(NewToken.Holder holder, Scope... scopes) throws Exception {
        var made = tokens.create(new NewToken(holder, "test", Set.of(scopes), Instant.MAX), OPERATOR);
        return "Bearer " + made.token().secret();
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
