package io.gerve.routing;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.FILE_SERVER_HOSTS;
import static io.gerve.sql.schema.Tables.ROUTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.jooq.impl.DSL.row;
import static org.jooq.impl.DSL.val;

import io.gerve.config.CacheSettings;
import io.gerve.config.RedisSettings;
import io.gerve.invalidation.Invalidation;
import io.gerve.keylookup.directory.Login;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.redis.RedisClients;
import io.gerve.sql.Database;
import io.gerve.sql.testing.RunningMariaDb;
import io.gerve.sql.testing.RunningRedis;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.RedisClient;

class RouteServiceIT {
    private static final Login OWNER = new Login("Mojombo");

    @TempDir
    private static Path home;

    private static final CacheSettings CACHE =
            new CacheSettings(Duration.ofMinutes(1), Duration.ofMinutes(10), 100, Duration.ofSeconds(2), 8);

    private final RecordedInvalidations invalidations = new RecordedInvalidations();
    private Database database;
    private RunningRedis redisServer;
    private RedisClient redis;
    private RouteService service;
    private RouteResolver gate;

    @BeforeEach
    void start() throws Exception {
        database = new Database(RunningMariaDb.shared().newMigratedDatabase());
        redisServer = RunningRedis.start(home);
        redis = RedisClients.client(new RedisSettings(redisServer.uri(), Duration.ofMillis(300)));
        service = new RouteService(
                database, new RedisRouteStore(redis), invalidations, InstantSource.system(), TestHosts.OPERATOR);
        gate = new RedisRouteResolver(
                new RedisRouteStore(redis), new MysqlRouteResolver(database), invalidations, CACHE);
        account(OWNER.text());
    }

    @AfterEach
    void stop() throws Exception {
        redis.close();
        redisServer.close();
        database.close();
    }

    @Test
    void addedServerIsFoundInRedisAndMysql() throws Exception {
        FileServerHost active = TestHosts.host("fs3a");
        assertThat(service.addServer("fs3", active)).isEqualTo(Propagation.EVERYWHERE);
        assertThat(service.route(new Login("MOJOMBO"), "fs3")).isEqualTo(Propagation.EVERYWHERE);

        var route = new Route("fs3", List.of(active));
        assertThat(new MysqlRouteResolver(database).routeTo(OWNER)).contains(route);
        assertThat(new RedisRouteStore(redis).read(OWNER).server()).contains(route.server());
        assertThat(service.servers()).containsExactly(new FileServer("fs3", List.of(active), 1));
        assertThat(invalidations.published)
                .containsExactly(
                        new Invalidation(Invalidation.Kind.SERVER, "fs3"),
                        new Invalidation(Invalidation.Kind.ROUTE, "mojombo"));
    }

    @Test
    void ownerWithoutRouteHasEmptyResult() throws Exception {
        assertThat(gate.routeTo(OWNER)).isEmpty();
        assertThat(gate.routeTo(new Login("nobody"))).isEmpty();
    }

    @Test
    void failoverActivatesTheNextOrTheNamedStandBy() throws Exception {
        serve("fs3", "fs3a", "fs3b", "fs3c", "fs3d");
        service.route(OWNER, "fs3");

        var next = service.failover("fs3");
        assertThat(TestHosts.names(next.route())).containsExactly("fs3b", "fs3c", "fs3d", "fs3a");
        assertThat(next.propagation()).isEqualTo(Propagation.EVERYWHERE);
        assertThat(TestHosts.names(service.failover("fs3", "fs3d").route()))
                .containsExactly("fs3d", "fs3c", "fs3a", "fs3b");
        assertThat(gate.routeTo(OWNER).orElseThrow().hosts().getFirst().name()).isEqualTo("fs3d");
        assertThat(new MysqlRouteResolver(database).routeTo(OWNER)).isEqualTo(gate.routeTo(OWNER));
        assertThat(invalidations.published.getLast()).isEqualTo(new Invalidation(Invalidation.Kind.SERVER, "fs3"));
    }

    @Test
    void invalidChangeIsRefusedWithReason() throws Exception {
        serve("fs3", "fs3a");
        service.route(OWNER, "fs3");

        assertRefused(() -> service.addServer("fs3", TestHosts.host("x")), "there is a file server fs3 already");
        assertRefused(() -> service.addServer("FS4", TestHosts.host("x")), "1 to 63 lower-case letters");
        assertRefused(() -> service.addHost("fs4", TestHosts.host("x")), "there is no file server fs4");
        assertRefused(() -> service.addHost("fs3", TestHosts.host("fs3a")), "has a host fs3a already");
        assertRefused(() -> service.removeHost("fs3", "fs3a"), "is the active one");
        assertRefused(() -> service.removeHost("fs3", "fs3z"), "has no host fs3z, but fs3a");
        assertRefused(() -> service.removeServer("fs3"), "still holds the repositories of 1 accounts");
        assertRefused(() -> service.failover("fs3"), "has no standby");
        assertRefused(() -> service.failover("fs3", "fs3a"), "is the active one of file server fs3 already");
        assertRefused(() -> service.route(OWNER, "FS3"), "there is no file server FS3");
        // The name is invalid, and MySQL would raise an error for it instead of finding no row.
        assertRefused(() -> service.route(OWNER, "fs-käse"), "there is no file server fs-käse");
        assertRefused(() -> service.failover("fs-käse"), "there is no file server fs-käse");
        assertRefused(() -> service.removeServer("fs-käse"), "there is no file server fs-käse");
        assertRefused(() -> service.addHost("fs-käse", TestHosts.host("x")), "there is no file server fs-käse");
        assertRefused(() -> service.route(new Login("nobody"), "fs3"), "there is no account nobody");
        assertThat(gate.routeTo(OWNER)).isPresent();
    }

    @Test
    void hostsAndServersAreRemoved() throws Exception {
        serve("fs3", "fs3a", "fs3b");
        service.removeHost("fs3", "fs3b");
        assertThat(service.servers().getFirst().hosts())
                .extracting(FileServerHost::name)
                .containsExactly("fs3a");

        service.removeServer("fs3");
        assertThat(service.servers()).isEmpty();
    }

    @Test
    void newOwnerGetsTheServerWithTheFewestOwners() throws Exception {
        assertThat(service.serverForNewOwner()).isEmpty();
        serve("fs1", "fs1a");
        serve("fs2", "fs2a");
        assertThat(service.serverForNewOwner()).contains("fs1");
        service.route(OWNER, "fs1");
        assertThat(service.serverForNewOwner()).contains("fs2");
    }

    @Test
    void changeWithoutRedisIsDatabaseOnly() throws Exception {
        serve("fs3", "fs3a", "fs3b");
        service.route(OWNER, "fs3");
        redisServer.kill();

        serve("fs4", "fs4a");
        assertThat(service.route(OWNER, "fs4")).isEqualTo(Propagation.DATABASE_ONLY);
        assertThat(activeHost(gate)).isEqualTo("fs4a");
        assertThatThrownBy(() -> service.rebuild(_ -> {})).isInstanceOf(LookupUnavailable.class);
    }

    /** Redis is restored from a copy on disk in which the previous host is active: a push there would be lost. */
    @Test
    void redisRestoredFromBeforeAFailoverIsNotTrusted() throws Exception {
        serve("fs3", "fs3a", "fs3b");
        service.route(OWNER, "fs3");
        var saved = new HashMap<String, String>();
        redis.keys("*").forEach(key -> saved.put(key, redis.get(key)));
        service.failover("fs3");

        saved.forEach(redis::set);
        var restarted = new RedisRouteResolver(
                new RedisRouteStore(redis), new MysqlRouteResolver(database), invalidations, CACHE);

        assertThat(activeHost(restarted)).isEqualTo("fs3b");
        assertThat(activeHost(gate)).isEqualTo("fs3b");
        service.addHost("fs3", TestHosts.host("fs3c"));
        assertThat(activeHost(restarted)).isEqualTo("fs3b");
        assertThat(service.rebuild(_ -> {}).propagation()).isEqualTo(Propagation.EVERYWHERE);
        assertThat(activeHost(restarted)).isEqualTo("fs3b");
        assertThat(new RedisRouteStore(redis).read(OWNER).generation())
                .isEqualTo(new MysqlRouteResolver(database).find(OWNER).generation());
    }

    /** The next change must not make Redis look in sync although it missed a change. */
    @Test
    void missedChangeKeepsRedisOutOfSyncUntilRebuild() throws Exception {
        serve("fs3", "fs3a", "fs3b");
        serve("fs4", "fs4a");
        service.route(OWNER, "fs3");
        var saved = new HashMap<String, String>();
        redis.keys("*").forEach(key -> saved.put(key, redis.get(key)));
        redisServer.kill();
        service.route(OWNER, "fs4");
        redisServer.restart();
        saved.forEach((key, value) ->
                await().ignoreExceptions().until(() -> redis.set(key, value).equals("OK")));

        account("tom");
        assertThat(service.route(new Login("tom"), "fs3")).isEqualTo(Propagation.DATABASE_ONLY);
        assertThat(activeHost(gate)).isEqualTo("fs4a");
        service.rebuild(_ -> {});
        assertThat(service.route(new Login("tom"), "fs3")).isEqualTo(Propagation.EVERYWHERE);
        assertThat(activeHost(gate)).isEqualTo("fs4a");
    }

    @Test
    void redisHoldsTheLastOfConcurrentChanges() throws Exception {
        serve("fs3", "fs3a");
        serve("fs4", "fs4a");
        service.route(OWNER, "fs3");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Propagation>> changes = IntStream.range(0, 24)
                    .<Callable<Propagation>>mapToObj(n -> () -> service.route(OWNER, n % 2 == 0 ? "fs4" : "fs3"))
                    .toList();
            for (var change : threads.invokeAll(changes)) {
                assertThat(change.get()).isEqualTo(Propagation.EVERYWHERE);
            }
        }
        assertThat(new RedisRouteStore(redis).read(OWNER).server())
                .isEqualTo(new MysqlRouteResolver(database).routeTo(OWNER).map(Route::server));
    }

    @Test
    void rebuildSynchronizesRedisWithTheDatabase() throws Exception {
        serve("fs3", "fs3a");
        List<Login> owners =
                IntStream.range(0, 2500).mapToObj(n -> new Login("Owner-" + n)).toList();
        accounts(owners, "fs3");
        redis.flushAll();
        redis.set("gerve:route:gone", "fs3");
        redis.set("gerve:route:\u00fc*", "fs3");
        redis.set("gerve:route:owner-7", "elsewhere");
        redis.set("another", "program's");

        var progress = new ArrayList<Long>();
        var rebuilt = service.rebuild(progress::add);

        assertThat(rebuilt).isEqualTo(new RouteService.Rebuilt(2500, 2, Propagation.EVERYWHERE));
        assertThat(progress).containsExactly(1000L, 2000L, 2500L);
        assertThat(redis.dbSize()).isEqualTo(2500 + 1 + 1);
        assertThat(redis.get("gerve:route:owner-7")).isEqualTo("fs3");
        assertThat(invalidations.published.getLast()).isEqualTo(Invalidation.site());

        var listed = new ArrayList<OwnerRoute>();
        service.forEach(listed::add);
        assertThat(listed).hasSize(2500).contains(new OwnerRoute(owners.getLast(), "fs3"));
    }

    @Test
    void renamedOwnerIsFoundByTheNewName() throws Exception {
        serve("fs3", "fs3a");
        service.route(OWNER, "fs3");
        database.sql()
                .update(ACCOUNTS)
                .set(ACCOUNTS.LOGIN, "tom")
                .where(ACCOUNTS.LOGIN.eq(OWNER.text()))
                .execute();

        assertThat(service.refresh(OWNER)).isEqualTo(Propagation.EVERYWHERE);
        assertThat(gate.routeTo(OWNER)).isEmpty();
        assertThat(gate.routeTo(new Login("tom"))).isPresent();
    }

    /** The next host is a standby: a push that it took would be lost. */
    @Test
    void invalidRowIsUnavailable() throws Exception {
        serve("fs3", "fs3a", "fs3b");
        service.route(OWNER, "fs3");
        redis.flushAll();
        database.sql()
                .update(FILE_SERVER_HOSTS)
                .set(FILE_SERVER_HOSTS.ADDRESS, "-oProxyCommand=x")
                .where(FILE_SERVER_HOSTS.NAME.eq("fs3a"))
                .execute();

        assertThatThrownBy(() -> gate.routeTo(OWNER)).isInstanceOf(LookupUnavailable.class);
        database.sql().deleteFrom(FILE_SERVER_HOSTS).execute();
        assertThatThrownBy(() -> gate.routeTo(OWNER)).isInstanceOf(LookupUnavailable.class);
    }

    @Test
    void unreachableDatabaseIsUnavailable() throws Exception {
        try (var unreachable = new Database(RunningMariaDb.shared().settings("none"))) {
            assertThatThrownBy(() -> new MysqlRouteResolver(unreachable).routeTo(OWNER))
                    .isInstanceOf(LookupUnavailable.class);
            assertThatThrownBy(() -> new RouteService(
                                    unreachable,
                                    new RedisRouteStore(redis),
                                    invalidations,
                                    InstantSource.system(),
                                    TestHosts.OPERATOR)
                            .servers())
                    .isInstanceOf(LookupUnavailable.class);
        }
    }

    @Test
    void routeQueryUsesIndexes() throws Exception {
        serve("fs3", "fs3a", "fs3b");
        accounts(IntStream.range(0, 3000).mapToObj(n -> new Login("o" + n)).toList(), "fs3");
        database.sql().execute("ANALYZE TABLE accounts, routes, file_server_hosts");

        var query = MysqlRouteResolver.query(database.sql(), new Login("o77"));
        var plan = database.sql()
                .fetch("EXPLAIN FORMAT=TRADITIONAL " + database.sql().renderInlined(query));

        assertThat(plan).hasSize(4);
        assertThat(plan.getValues("key", String.class)).doesNotContainNull();
        assertThat(plan.getValues("type", String.class)).doesNotContain("ALL", "index");
    }

    private static String activeHost(RouteResolver resolver) throws LookupUnavailable {
        return resolver.routeTo(OWNER).orElseThrow().hosts().getFirst().name();
    }

    private void serve(String server, String active, String... standBys) throws Exception {
        service.addServer(server, TestHosts.host(active));
        for (String standBy : standBys) {
            service.addHost(server, TestHosts.host(standBy));
        }
    }

    private void account(String login) {
        database.sql()
                .insertInto(ACCOUNTS)
                .set(ACCOUNTS.LOGIN, login)
                .set(ACCOUNTS.KIND, "user")
                .set(ACCOUNTS.CREATED_AT, Instant.EPOCH)
                .execute();
    }

    private void accounts(List<Login> owners, String server) {
        database.sql()
                .insertInto(ACCOUNTS, ACCOUNTS.LOGIN, ACCOUNTS.KIND, ACCOUNTS.CREATED_AT)
                .valuesOfRows(owners.stream()
                        .map(owner -> row(owner.text(), "user", Instant.EPOCH))
                        .toList())
                .execute();
        database.sql()
                .insertInto(ROUTES, ROUTES.OWNER_ID, ROUTES.SERVER)
                .select(database.sql()
                        .select(ACCOUNTS.ID, val(server))
                        .from(ACCOUNTS)
                        .where(ACCOUNTS.LOGIN.ne(OWNER.text())))
                .execute();
    }

    private static void assertRefused(Callable<?> change, String reason) {
        assertThatThrownBy(change::call).isInstanceOf(RouteChangeRefused.class).hasMessageContaining(reason);
    }
}
