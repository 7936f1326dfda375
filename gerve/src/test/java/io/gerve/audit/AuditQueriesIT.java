package io.gerve.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.audit.KeyCursor.Check;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.sql.Database;
import io.gerve.sql.DatabaseSettings;
import io.gerve.sql.testing.Numbers;
import io.gerve.sql.testing.RunningMariaDb;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jooq.DSLContext;
import org.jooq.ExecuteContext;
import org.jooq.ExecuteListener;
import org.jooq.Query;
import org.jooq.Record;
import org.jooq.Result;
import org.jooq.SQLDialect;
import org.jooq.impl.DefaultExecuteListenerProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Test that audits of keys, changes and routes use indexes and that each page reads only its own rows. Every statement
 * of the audits runs again on a site with one large object of each kind, and the server reports how many rows each step
 * read.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuditQueriesIT {
    /** The access types of EXPLAIN that use an index. Any other type reads a whole table or index. */
    private static final Set<String> BY_AN_INDEX = Set.of("const", "eq_ref", "ref", "range", "system");

    /** Tables of which a site has only a few rows. */
    private static final Set<String> SMALL = Set.of("site", "file_servers", "file_server_hosts", "access_log_chains");

    private static final Pattern ROWS_READ = Pattern.compile("actual time=\\S+ rows=(\\S+) loops=");

    private static final int MANY = 1500;
    private static final int PAGE = 1000;
    private static final Instant PAST = Instant.parse("2026-01-01T00:00:00Z");

    private final Map<String, Query> statements = new LinkedHashMap<>();
    private Database database;
    private DSLContext recordingSql;

    @BeforeAll
    void start() {
        var settings = RunningMariaDb.shared().newMigratedDatabase();
        database = new Database(
                new DatabaseSettings(settings.url(), settings.user(), settings.password(), 2, Duration.ofMinutes(1)));
        fill();
        recordingSql = database.sql()
                .configuration()
                .deriveAppending(new DefaultExecuteListenerProvider(new ExecuteListener() {
                    private static final long serialVersionUID = 1;

                    @Override
                    public void executeStart(ExecuteContext context) {
                        var query = Objects.requireNonNull(context.query());
                        statements.put(database.sql().renderInlined(query), query);
                    }
                }))
                .dsl();
    }

    @BeforeEach
    void forgetStatements() {
        statements.clear();
    }

    @AfterAll
    void close() {
        database.close();
    }

    @Test
    void keyAuditReadsOnlyItsPages() throws Exception {
        var keys = new MysqlKeyAudit(() -> recordingSql);
        var found = new ArrayList<KeyAuditEntry>();
        keys.stale(Instant.now(), Check.STALE.start()).forEach(found::add);
        keys.neverUsed(Instant.now(), Check.NEVER_USED.start()).forEach(found::add);
        keys.expiring(PAST, Instant.now(), Check.EXPIRY.start()).forEach(found::add);
        keys.ofSuspendedAccounts(Check.SUSPENDED.start()).forEach(found::add);
        keys.duplicates(Check.DUPLICATE.start()).forEach(found::add);
        assertThat(found.size()).isGreaterThan(2 * MANY);
        assertEachReadsAPage("accounts", "deploy_key_repositories", "grant_changes", "public_keys", "repositories");
    }

    @Test
    void changeHistoryReadsOnlyItsPages() throws Exception {
        var changes = new MysqlChangeHistory(() -> recordingSql);
        for (var subject : List.of(
                new MysqlChangeHistory.Subject.All(),
                new MysqlChangeHistory.Subject.OfAccount(new Login("o1")),
                new MysqlChangeHistory.Subject.OfRepository(name("o1/r1")),
                new MysqlChangeHistory.Subject.OfRepository(name("o1/former")),
                new MysqlChangeHistory.Subject.OfTeam(new Login("o1"), "t1"),
                new MysqlChangeHistory.Subject.OfServer("fs1"),
                new MysqlChangeHistory.Subject.OfKey(key(1)))) {
            var found = new ArrayList<GrantChange>();
            var range = new MysqlChangeHistory.Range(Instant.EPOCH, Instant.now(), 0);
            changes.changes(subject, range).orElseThrow().forEach(found::add);
            assertThat(found.size()).as("%s", subject).isGreaterThan(PAGE);
            var recent = new MysqlChangeHistory.Range(
                    Instant.now(), Instant.now(), found.get(MANY / 2).id());
            changes.changes(subject, recent).orElseThrow().forEach(found::add);
        }
        assertEachReadsAPage("accounts", "grant_changes", "public_keys", "repositories", "teams");
    }

    private void assertEachReadsAPage(String... tables) {
        var read = new TreeSet<String>();
        var issues = new ArrayList<String>();
        for (Map.Entry<String, Query> statement : statements.entrySet()) {
            // The owners of a file server are counted on an index.
            int limit = statement.getKey().startsWith("select count(*)") ? Integer.MAX_VALUE : PAGE;
            for (Record step : stepsOf(explained(statement.getValue()))) {
                read.add(step.get("table", String.class));
                if (!BY_AN_INDEX.contains(step.get("type", String.class))) {
                    issues.add(step + "\n" + statement.getKey());
                }
            }
            double rows = rowsRead(statement.getValue());
            if (rows > limit) {
                issues.add(rows + " rows\n" + statement.getKey());
            }
        }
        assertThat(issues).isEmpty();
        assertThat(read).contains(tables);
    }

    @Test
    void routeAuditReadsOnlyItsPages() throws Exception {
        var found = new ArrayList<OwnerAuditEntry>();
        var routes = new MysqlRouteAudit(() -> recordingSql);
        routes.owners().forEach(found::add);
        routes.ownersAfter(new Login("u3000")).orElseThrow().forEach(found::add);
        routes.servers();
        assertThat(found.size()).isGreaterThan(2 * MANY);
        assertEachReadsAPage("accounts", "repositories", "routes");
    }

    /**
     * Inserts the site. Every third row belongs to the large objects: the organization {@code o1}, its repository
     * {@code r1}, user {@code u1}, key 1.
     */
    private void fill() {
        insert("file_servers (name, created_at)", "'fs1', NOW()", "n = 1");
        insert(
                "accounts (id, login, kind, created_at, suspended_at)",
                "n, CONCAT('u', n), 'user', '2020-01-01', IF(n % 7 = 0, '2021-01-01', NULL)");
        insert(
                "accounts (id, login, kind, created_at)",
                "20000 + n, CONCAT('o', n), 'organization', '2020-01-01'",
                "n <= 2");
        insert("organization_members (organization_id, account_id, role)", "IF(n % 3, 20002, 20001), n, 'member'");
        insert(
                "teams (id, organization_id, slug, created_at)",
                "n, 20000 + LEAST(n, 2), CONCAT('t', n), '2020-01-01'",
                "n <= 500");
        insert("team_members (team_id, account_id)", "IF(n % 3, 2, 1), n");
        insert(
                "repositories (id, owner_id, name, visibility, created_at)",
                "n, IF(n % 3 = 1, 20001, n), CONCAT('r', n), IF(n % 3, 'private', 'public'), '2020-01-01'");
        insert("team_repositories (team_id, repository_id, role)", "IF(n % 3, 2, 1), n, 'read'");
        insert("collaborators (repository_id, account_id, role)", "1, n, 'read'", "n % 3 = 0");
        insert("collaborators (repository_id, account_id, role)", "n, 1, 'read'", "n % 3 = 0");
        insert("collaborators (repository_id, account_id, role)", "n, n, 'read'", "n % 3");
        insert("routes (owner_id, server)", "n, 'fs1'", "n % 3");
        insert(
                "public_keys (id, account_id, algorithm, bits, key_blob, fingerprint, title, created_at, last_used_at, expires_at,"
                        + " revoked_at)",
                "n, IF(n % 50 = 0, NULL, IF(n % 3, n, 7)), 'ssh-ed25519', 256, 'x', UNHEX(SHA2(n, 256)), 'x', '2020-01-01',"
                        + " IF(n % 2, '2021-01-01' + INTERVAL n * 7919 % 10007 DIV 3 HOUR, NULL),"
                        + " IF(n % 3, NULL, '2026-02-01' + INTERVAL n DIV 3000 HOUR), IF(n % 5, NULL, '2024-01-01')");
        insert("deploy_key_repositories (key_id, repository_id, read_only)", "n, n, 1", "n % 50 = 0");
        change("'key_refused', NULL, NULL, NULL, IF(n % 3, 1 + n % 50, 1), NULL, NULL");
        change("'collaborator', 1 + n % 50, IF(n % 3, 1 + n % 50, 1), NULL, NULL, NULL, 'read'");
        change("'team_member', 1 + n % 50, NULL, IF(n % 3, 2, 1), NULL, IF(n % 3, 20002, 20001), 'member'");
        change("'route', 1 + n % 50, NULL, NULL, NULL, NULL, IF(n % 3, 'fs2', 'fs1')");
        change("'repository_name', 20001, 1, NULL, NULL, NULL, IF(n % 3, CONCAT('o1/old', n), 'o1/former')");
        database.sql()
                .fetch(
                        "ANALYZE TABLE accounts, organization_members, teams, team_members, repositories, team_repositories,"
                                + " collaborators, routes, public_keys, deploy_key_repositories, grant_changes");
    }

    private void change(String values) {
        insert(
                "grant_changes (changed_at, actor, program, kind, account_id, repository_id, team_id, key_id,"
                        + " organization_id, before_value)",
                "'2026-02-01' + INTERVAL n DIV 2000 SECOND, 'x', 'cli', " + values);
    }

    private void insert(String columns, String values) {
        insert(columns, values, "TRUE");
    }

    private void insert(String columns, String values, String condition) {
        database.sql()
                .execute("INSERT INTO " + columns + " SELECT " + values + " FROM " + Numbers.between(1, 3 * MANY)
                        + " WHERE " + condition);
    }

    private Result<Record> explained(Query statement) {
        return database.sql().fetch("EXPLAIN FORMAT=TRADITIONAL {0}", statement);
    }

    /** Returns the steps that read a table that grows with the site. */
    private static List<Record> stepsOf(Result<Record> plan) {
        return plan.stream()
                .filter(step -> {
                    String table = step.get("table", String.class);
                    return table != null && !table.startsWith("<") && !SMALL.contains(table);
                })
                .toList();
    }

    /** Returns the rows read by the step that read the most, for each execution. MySQL reports it within a text. */
    private double rowsRead(Query statement) {
        var sql = database.sql();
        if (sql.dialect() == SQLDialect.MARIADB) {
            return stepsOf(sql.fetch("ANALYZE {0}", statement)).stream()
                    .mapToDouble(step -> step.get("r_rows", double.class))
                    .max()
                    .orElse(0);
        }
        String tree = sql.fetchSingle("EXPLAIN ANALYZE {0}", statement).get(0, String.class);
        return ROWS_READ
                .matcher(tree)
                .results()
                .mapToDouble(step -> Double.parseDouble(step.group(1)))
                .max()
                .orElseThrow();
    }

    private static RepositoryName name(String text) {
        return RepositoryName.parse(text).orElseThrow();
    }

    private static Fingerprint key(int id) {
        try {
            return Fingerprint.ofDigest(MessageDigest.getInstance("SHA-256")
                    .digest(Integer.toString(id).getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
