package io.gerve.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gerve.access.Repository;
import io.gerve.access.Role;
import io.gerve.config.RedisSettings;
import io.gerve.git.RepositoryName;
import io.gerve.invalidation.InvalidationBus;
import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.Actor;
import io.gerve.keylookup.directory.DeployKeyAccess;
import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.key.PublicKey;
import io.gerve.keylookup.store.MysqlKeyStore;
import io.gerve.keylookup.store.NewKey;
import io.gerve.keylookup.token.MysqlTokenStore;
import io.gerve.keylookup.token.NewToken;
import io.gerve.keylookup.token.TokenScope;
import io.gerve.routing.FileServerHost;
import io.gerve.routing.RedisRouteStore;
import io.gerve.routing.RouteService;
import io.gerve.sql.Database;
import io.gerve.sql.testing.RunningMariaDb;
import io.gerve.sql.testing.RunningRedis;
import io.gerve.testing.NoRepositoryFolders;
import io.gerve.testing.UnreachableGates;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jooq.Record;
import org.junit.jupiter.api.Test;

/**
 * Test of every operation that changes a right: each row of a right that an operation adds, changes or removes is
 * recorded in {@code grant_changes} by the same transaction.
 */
class GrantChangesIT {
    private static final Actor OPERATOR = new Actor("operator", "cli");
    private static final Login MOJOMBO = new Login("mojombo");
    private static final Login TOM = new Login("tom");
    private static final Login GITHUB = new Login("github");
    private static final TeamName CORE = new TeamName(GITHUB, "core");
    private static final TeamName BELOW = new TeamName(GITHUB, "below");
    private static final RepositoryName BERT = new RepositoryName(GITHUB, "bert");
    private static final RepositoryName ADOPTED = new RepositoryName(GITHUB, "god");
    private static final RepositoryName MOVED = new RepositoryName(MOJOMBO, "bert");

    private static final List<Class<?>> WRITERS = List.of(
            MysqlAccountStore.class,
            MysqlOrganizationStore.class,
            MysqlTeamStore.class,
            MysqlCollaboratorStore.class,
            MysqlRepositoryStore.class,
            RepositoryService.class,
            MysqlSiteStore.class,
            RouteService.class,
            MysqlKeyStore.class,
            MysqlTokenStore.class);

    /** Methods that change no right. */
    private static final Set<String> READERS = Set.of(
            "MysqlAccountStore.find",
            "MysqlAccountStore.show",
            "MysqlAccountStore.list",
            "MysqlOrganizationStore.members",
            "MysqlTeamStore.show",
            "MysqlTeamStore.list",
            "MysqlCollaboratorStore.list",
            "MysqlRepositoryStore.show",
            "MysqlRepositoryStore.list",
            "MysqlRepositoryStore.redirects",
            "RepositoryService.folder",
            // Records a change of HEAD, which is no right.
            "RepositoryService.setDefaultBranch",
            "MysqlSiteStore.readOnly",
            // Records a change of the access log, which is no right.
            "MysqlSiteStore.recordPruning",
            "RouteService.servers",
            "RouteService.serverForNewOwner",
            "RouteService.forEach",
            "RouteService.refresh",
            "RouteService.rebuild",
            "MysqlKeyStore.find",
            "MysqlKeyStore.ofAccount",
            "MysqlKeyStore.ofRepository",
            "MysqlKeyStore.after",
            "MysqlKeyStore.among",
            "MysqlKeyStore.authorsOfDeployKeys",
            "MysqlKeyStore.rename",
            "MysqlTokenStore.find",
            "MysqlTokenStore.used",
            "MysqlTokenStore.ofAccount",
            "MysqlTokenStore.ofService");

    /** The facts that decide about access: for each table its key and the relevant columns. */
    private static final Map<String, String> RIGHTS = Map.ofEntries(
            Map.entry("accounts", "id | kind, base_permission, suspended_at IS NULL, suspended_reason"),
            Map.entry("organization_members", "organization_id, account_id | role"),
            Map.entry("teams", "id | organization_id, parent_id"),
            Map.entry("team_members", "team_id, account_id | 1"),
            Map.entry("repositories", "id | owner_id, name, visibility, state, state_reason"),
            Map.entry("collaborators", "repository_id, account_id | role"),
            Map.entry("team_repositories", "team_id, repository_id | role"),
            Map.entry("public_keys", "id | account_id, expires_at, revoked_at IS NULL, deleted_at IS NULL"),
            Map.entry("deploy_key_repositories", "key_id, repository_id | read_only"),
            Map.entry("access_tokens", "id | account_id, scopes, expires_at, revoked_at IS NULL"),
            Map.entry("routes", "owner_id | server"),
            Map.entry("file_servers", "name | 1"),
            Map.entry("file_server_hosts", "server, name | position, address, port, host_key"),
            Map.entry("site", "id | read_only_reason"));

    private final Map<String, Operation> operations = new LinkedHashMap<>();

    private interface Operation {
        void run() throws Exception;
    }

    /** A row of a right, by its table and key. */
    private record Right(String table, List<String> key) {}

    @Test
    void everyChangeIsRecordedInItsTransaction() throws Exception {
        try (var database = new Database(RunningMariaDb.shared().newMigratedDatabase());
                var redis = new RedisRouteStore(
                        new RedisSettings(RunningRedis.shared().newDatabase(), Duration.ofSeconds(2)))) {
            collect(database, redis);
            for (Map.Entry<String, Operation> operation : operations.entrySet()) {
                assertRolledBackWithoutRecord(database, operation.getKey(), operation.getValue());
                assertRecorded(database, operation.getKey(), operation.getValue());
            }
        }
    }

    /** A new method must be tested too, or be listed among the readers. */
    @Test
    void everyOperationIsTested() throws Exception {
        try (var database = new Database(RunningMariaDb.shared().newMigratedDatabase());
                var redis = new RedisRouteStore(
                        new RedisSettings(RunningRedis.shared().newDatabase(), Duration.ofSeconds(2)))) {
            collect(database, redis);
        }
        Set<String> tested = operations.keySet().stream()
                .map(name -> name.split(" ", 2)[0])
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> writers = WRITERS.stream()
                .flatMap(type -> Stream.of(type.getDeclaredMethods()))
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
                .map(GrantChangesIT::name)
                .filter(name -> !READERS.contains(name))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(tested).isEqualTo(writers);
    }

    private static String name(Method method) {
        return method.getDeclaringClass().getSimpleName() + "." + method.getName();
    }

    private void assertRolledBackWithoutRecord(Database database, String name, Operation operation) {
        Map<Right, String> before = rights(database);
        database.sql()
                .execute("CREATE TRIGGER no_record BEFORE INSERT ON grant_changes FOR EACH ROW"
                        + " SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the record is rejected'");
        try {
            assertThatThrownBy(operation::run, name).isInstanceOf(Exception.class);
            assertThat(rights(database)).as(name + " without its record").isEqualTo(before);
        } finally {
            database.sql().execute("DROP TRIGGER no_record");
        }
    }

    private static void assertRecorded(Database database, String name, Operation operation) throws Exception {
        Map<Right, String> before = rights(database);
        long last = database.sql()
                .fetchSingle("SELECT COALESCE(MAX(id), 0) FROM grant_changes")
                .get(0, Long.class);
        operation.run();
        Map<Right, String> after = rights(database);
        List<Record> records =
                new ArrayList<>(database.sql().fetch("SELECT * FROM grant_changes WHERE id > ? ORDER BY id", last));
        var changed = new ArrayList<Right>();
        Stream.concat(before.keySet().stream(), after.keySet().stream())
                .distinct()
                .filter(right -> !Objects.equals(before.get(right), after.get(right)))
                .forEach(changed::add);
        assertThat(changed).as(name + " changes something").isNotEmpty();
        assertThat(records).as(name).allMatch(row -> "operator".equals(row.get("actor")));
        for (Right right : changed) {
            assertThat(records).as(name + " records " + right).anyMatch(row -> matches(row, right));
        }
    }

    private static boolean matches(Record row, Right right) {
        String kind = row.get("kind", String.class);
        String values = row.get("before_value") + " " + row.get("after_value");
        String first = right.key().getFirst();
        String second = right.key().getLast();
        return switch (right.table()) {
            case "accounts" -> kind.matches("account|account_status|base_permission") && is(row, "account_id", first);
            case "organization_members" -> kind.equals("organization_member") && is(row, "account_id", second);
            case "teams" -> kind.matches("team|team_parent") && is(row, "team_id", first);
            case "team_members" ->
                kind.equals("team_member") && is(row, "team_id", first) && is(row, "account_id", second);
            case "repositories" ->
                kind.matches("repository|repository_name|repository_state|repository_visibility")
                        && is(row, "repository_id", first);
            case "collaborators" ->
                kind.equals("collaborator") && is(row, "repository_id", first) && is(row, "account_id", second);
            case "team_repositories" ->
                kind.equals("team_repository") && is(row, "team_id", first) && is(row, "repository_id", second);
            case "public_keys" -> kind.startsWith("key_") && is(row, "key_id", first);
            case "deploy_key_repositories" ->
                kind.matches("key_.*|deploy_key") && is(row, "key_id", first) && is(row, "repository_id", second);
            case "access_tokens" -> kind.startsWith("token_") && values.contains(first + " ");
            case "routes" -> kind.equals("route") && is(row, "account_id", first);
            case "file_servers" -> kind.equals("file_server") && values.contains(first + ": ");
            case "file_server_hosts" ->
                kind.startsWith("file_server") && values.contains(first + ": ") && values.contains(second);
            case "site" -> kind.equals("site_read_only");
            default -> false;
        };
    }

    private static boolean is(Record row, String column, String id) {
        return id.equals(row.get(column, String.class));
    }

    private static Map<Right, String> rights(Database database) {
        var rights = new HashMap<Right, String>();
        RIGHTS.forEach((table, columns) -> {
            String[] parts = columns.split(" \\| ", 2);
            int keys = parts[0].split(",").length;
            database.sql()
                    .fetch("SELECT " + parts[0] + ", " + parts[1] + " FROM " + table)
                    .forEach(row -> {
                        var key = Stream.iterate(0, i -> i < keys, i -> i + 1)
                                .map(i -> row.get(i, String.class))
                                .toList();
                        rights.put(new Right(table, key), Arrays.toString(row.intoArray()));
                    });
        });
        return rights;
    }

    /** Collects the operations in an order in which each finds the rows that it needs. */
    private void collect(Database database, RedisRouteStore redis) throws Exception {
        InvalidationBus invalidations = new UnreachableGates();
        var transactions = new AuditedTransaction(database, OPERATOR, invalidations, Clock.systemUTC());
        var accounts = new MysqlAccountStore(transactions);
        var organizations = new MysqlOrganizationStore(transactions);
        var teams = new MysqlTeamStore(transactions);
        var collaborators = new MysqlCollaboratorStore(transactions);
        var repositories = new MysqlRepositoryStore(transactions);
        var repositoryService = new RepositoryService(repositories, new NoRepositoryFolders());
        var site = new MysqlSiteStore(transactions);
        var keys = new MysqlKeyStore(database, invalidations, Clock.systemUTC());
        var routes = new RouteService(database, redis, invalidations, Clock.systemUTC(), OPERATOR);
        var tokens = new MysqlTokenStore(database, Clock.systemUTC(), new SecureRandom());
        PublicKey own = key();
        PublicKey deploy = key();
        PublicKey other = key();

        operations.put("MysqlAccountStore.create", () -> accounts.create(MOJOMBO, Account.Kind.USER));
        operations.put("MysqlAccountStore.create a second", () -> accounts.create(TOM, Account.Kind.USER));
        operations.put(
                "MysqlAccountStore.create an organization", () -> accounts.create(GITHUB, Account.Kind.ORGANIZATION));
        operations.put("MysqlAccountStore.suspend", () -> accounts.suspend(TOM, new OperatorMessage("Unpaid")));
        operations.put("MysqlAccountStore.unsuspend", () -> accounts.unsuspend(TOM));
        operations.put(
                "MysqlOrganizationStore.addMember",
                () -> organizations.addMember(GITHUB, MOJOMBO, OrganizationMember.Role.OWNER));
        operations.put(
                "MysqlOrganizationStore.addMember a second",
                () -> organizations.addMember(GITHUB, TOM, OrganizationMember.Role.MEMBER));
        operations.put(
                "MysqlOrganizationStore.setBasePermission", () -> organizations.setBasePermission(GITHUB, Role.READ));
        operations.put("MysqlTeamStore.create", () -> teams.create(CORE, Optional.empty()));
        operations.put("MysqlTeamStore.create below", () -> teams.create(BELOW, Optional.of(CORE)));
        operations.put("MysqlTeamStore.setParent", () -> teams.setParent(BELOW, Optional.empty()));
        operations.put("MysqlTeamStore.addMember", () -> teams.addMember(CORE, TOM));
        operations.put("MysqlTeamStore.removeMember", () -> teams.removeMember(CORE, TOM));
        operations.put("MysqlTeamStore.addMember again", () -> teams.addMember(CORE, TOM));
        operations.put(
                "RepositoryService.create",
                () -> repositoryService.create(BERT, Repository.Visibility.PRIVATE, NewFolder.USUAL));
        operations.put("MysqlTeamStore.grant", () -> teams.grant(CORE, BERT, Role.WRITE));
        operations.put("MysqlTeamStore.grant more", () -> teams.grant(CORE, BERT, Role.ADMIN));
        operations.put("MysqlTeamStore.revoke", () -> teams.revoke(CORE, BERT));
        operations.put("MysqlTeamStore.grant again", () -> teams.grant(CORE, BERT, Role.WRITE));
        operations.put("MysqlCollaboratorStore.add", () -> collaborators.add(BERT, TOM, Role.READ));
        operations.put("MysqlCollaboratorStore.remove", () -> collaborators.remove(BERT, TOM));
        operations.put("MysqlCollaboratorStore.add again", () -> collaborators.add(BERT, TOM, Role.WRITE));
        operations.put(
                "MysqlRepositoryStore.setVisibility",
                () -> repositories.setVisibility(BERT, Repository.Visibility.PUBLIC));
        operations.put(
                "MysqlRepositoryStore.close",
                () -> repositories.close(BERT, Repository.State.LOCKED, new OperatorMessage("Being moved")));
        operations.put("MysqlRepositoryStore.reopen", () -> repositories.reopen(BERT, Repository.State.LOCKED));
        operations.put(
                "MysqlSiteStore.setReadOnly", () -> site.setReadOnly(Optional.of(new OperatorMessage("New disks"))));
        operations.put("MysqlSiteStore.setReadOnly no more", () -> site.setReadOnly(Optional.empty()));
        operations.put(
                "MysqlKeyStore.add",
                () -> keys.add(
                        newKey(own, new NewKey.ForAccount(id(database, "accounts WHERE login = 'mojombo'"))),
                        OPERATOR));
        operations.put("MysqlKeyStore.revoke", () -> keys.revoke(own.fingerprint(), "Lost", OPERATOR));
        operations.put(
                "MysqlKeyStore.add a deploy key",
                () -> keys.add(newKey(deploy, access(repositoryId(database))), OPERATOR));
        operations.put(
                "MysqlKeyStore.removeFromRepository",
                () -> keys.removeFromRepository(deploy.fingerprint(), repositoryId(database), OPERATOR));
        operations.put(
                "MysqlKeyStore.add another deploy key",
                () -> keys.add(newKey(other, access(repositoryId(database))), OPERATOR));
        operations.put("MysqlKeyStore.delete", () -> keys.delete(own.fingerprint(), OPERATOR));
        operations.put("MysqlTokenStore.create", () -> tokens.create(token(), OPERATOR));
        operations.put(
                "MysqlTokenStore.revoke",
                () -> tokens.revoke(tokens.ofService().getFirst().id(), OPERATOR));
        operations.put("RouteService.addServer", () -> routes.addServer("fs1", host("fs1a")));
        operations.put("RouteService.addServer a second", () -> routes.addServer("fs2", host("fs2a")));
        operations.put("RouteService.addHost", () -> routes.addHost("fs1", host("fs1b")));
        operations.put("RouteService.failover", () -> routes.failover("fs1"));
        operations.put("RouteService.failover to a host", () -> routes.failover("fs1", "fs1a"));
        operations.put("RouteService.removeHost", () -> routes.removeHost("fs1", "fs1b"));
        operations.put("RouteService.route", () -> routes.route(MOJOMBO, "fs1"));
        operations.put("RouteService.route elsewhere", () -> routes.route(MOJOMBO, "fs2"));
        operations.put("RouteService.removeServer", () -> routes.removeServer("fs1"));
        operations.put("RepositoryService.rename to another owner", () -> repositoryService.rename(BERT, MOVED));
        operations.put("MysqlOrganizationStore.removeMember of a team", () -> organizations.removeMember(GITHUB, TOM));
        operations.put("RepositoryService.delete with rights", () -> repositoryService.delete(MOVED));
        operations.put(
                "RepositoryService.adopt",
                () -> repositoryService.adopt(
                        ADOPTED, Repository.Visibility.PRIVATE, new AdoptedFolder("incoming/god.git", false)));
    }

    private static long repositoryId(Database database) {
        return id(database, "repositories");
    }

    private static long id(Database database, String from) {
        return database.sql().fetchSingle("SELECT id FROM " + from).get(0, Long.class);
    }

    private static NewKey.Owner access(long repository) {
        return new NewKey.ForRepositories(Map.of(repository, DeployKeyAccess.READ_WRITE));
    }

    private static NewKey newKey(PublicKey key, NewKey.Owner owner) {
        return new NewKey(key, "laptop", Instant.MAX, owner);
    }

    private static NewToken token() {
        return new NewToken(new NewToken.ForService(), "CI", Set.of(TokenScope.REPO), Instant.MAX);
    }

    private static FileServerHost host(String name) throws Exception {
        return new FileServerHost(name, name + ".example", 22, key());
    }

    private static PublicKey key() throws Exception {
        byte[] encoded = encodedKey();
        byte[] type = "ssh-ed25519".getBytes(StandardCharsets.US_ASCII);
        return PublicKey.ofBlob(ByteBuffer.allocate(4 + type.length + 4 + 32)
                .putInt(type.length)
                .put(type)
                .putInt(32)
                .put(encoded, encoded.length - 32, 32)
                .array());
    }

    private static byte[] encodedKey() throws GeneralSecurityException {
        return KeyPairGenerator.getInstance("Ed25519")
                .generateKeyPair()
                .getPublic()
                .getEncoded();
    }
}
