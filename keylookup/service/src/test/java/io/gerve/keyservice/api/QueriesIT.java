package io.gerve.keyservice.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.keylookup.token.TokenDetails;
import io.gerve.keylookup.token.TokenScope;
import io.gerve.sql.testing.Numbers;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jooq.ExecuteContext;
import org.jooq.ExecuteListener;
import org.jooq.Insert;
import org.jooq.Query;
import org.jooq.Record;
import org.jooq.impl.DefaultExecuteListenerProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Checks that every query of the API uses an index, so that its cost does not grow with the site. */
class QueriesIT {
    /** Access types in EXPLAIN that use an index. All others read a whole table or a whole index. */
    private static final List<String> INDEX_ACCESS_TYPES = List.of("const", "eq_ref", "ref", "range", "system");

    private static final int FIRST = 1000;
    private static final int LAST = 4999;
    private static final String NUMBERS = Numbers.between(FIRST, LAST);

    private final List<Query> statements = new CopyOnWriteArrayList<>();
    private RunningApi api;

    @BeforeEach
    void start() {
        api = RunningApi.start();
        fill();
        api.serviceDatabase().sql().configuration().set(new DefaultExecuteListenerProvider(new ExecuteListener() {
            private static final long serialVersionUID = 1;

            @Override
            public void executeStart(ExecuteContext context) {
                statements.add(Objects.requireNonNull(context.query()));
            }
        }));
    }

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void everyQueryUsesAnIndex() throws Exception {
        callAllOperations();
        assertThat(statements).hasSizeGreaterThan(50);
        var tablesRead = new TreeSet<String>();
        for (Query statement : statements) {
            if (statement instanceof Insert<?>) {
                continue;
            }
            for (Record step : stepsOf(statement)) {
                tablesRead.add(step.get("table", String.class));
                assertThat(step.get("type", String.class))
                        .as("%s%n%s", step, statement)
                        .isIn(INDEX_ACCESS_TYPES);
            }
        }
        assertThat(tablesRead)
                .contains(
                        "access_tokens",
                        "accounts",
                        "collaborators",
                        "deploy_key_repositories",
                        "grant_changes",
                        "organization_members",
                        "public_keys",
                        "repositories",
                        "repository_redirects",
                        "team_members",
                        "team_repositories");
    }

    private void callAllOperations() throws Exception {
        long tom = api.user("tom");
        long github = api.organization("github", tom);
        api.repository(github, "hub", "private");
        long eve = api.user("eve");
        String[] auth = {"Authorization", api.token(tom, TokenScope.ADMIN_PUBLIC_KEY, TokenScope.REPO)};
        String[] stranger = {"Authorization", api.token(eve, TokenScope.REPO)};
        String[] service = {
            "Authorization", api.serviceToken(TokenScope.ADMIN_PUBLIC_KEY), TokenAuthenticator.ON_BEHALF_OF, "tom"
        };
        for (String keys : List.of("/api/v3/user/keys", "/api/v3/repos/github/hub/keys")) {
            ApiResponse added = api.post(keys, "{\"title\":\"x\",\"key\":\"" + GeneratedKeys.ed25519() + "\"}", auth);
            assertThat(added.status()).isEqualTo(201);
            assertThat(api.get(keys, auth).json()).hasSize(1);
            assertThat(api.get(added.header("Location"), auth).status()).isEqualTo(200);
            assertThat(api.delete(added.header("Location"), auth).status()).isEqualTo(204);
        }
        assertThat(api.get("/api/v3/user/keys", service).status()).isEqualTo(200);
        assertThat(api.get("/api/v3/repos/github/hub/keys", stranger).status()).isEqualTo(404);
        String[] collaborator = {"Authorization", api.token(2001, TokenScope.REPO)};
        for (String name : List.of("r", "old")) {
            assertThat(api.get("/api/v3/repos/u2000/" + name + "/keys", collaborator)
                            .status())
                    .isEqualTo(403);
        }
        assertThat(api.get("/api/v3/users/tom/keys").status()).isEqualTo(200);
        assertThat(api.get("/tom.keys").status()).isEqualTo(200);
        assertThat(api.get("/api/v3/user", auth).status()).isEqualTo(200);
        for (TokenDetails token : api.tokens().ofAccount(tom)) {
            api.tokens().revoke(token.id(), RunningApi.OPERATOR);
        }
        assertThat(api.tokens().ofService()).hasSize(1);
    }

    /** Inserts enough rows that the optimizer prefers an index to a full scan. */
    private void fill() {
        insert("accounts (id, login, kind, created_at)", "n, CONCAT('u', n), 'user', NOW()");
        insert("repositories (id, owner_id, name, visibility, created_at)", "n, n, 'r', 'private', NOW()");
        insert(
                "repository_redirects (owner_login, name, repository_id, created_at)",
                "CONCAT('u', n), 'old', n, NOW()");
        insert("organization_members (organization_id, account_id, role)", "n, n + 1, 'member'", "n < 4999");
        insert("teams (id, organization_id, slug, created_at)", "n, n, 't', NOW()");
        insert("team_members (team_id, account_id)", "n, n + 1", "n < 4999");
        insert("team_repositories (team_id, repository_id, role)", "n, n, 'read'");
        insert("collaborators (repository_id, account_id, role)", "n, n + 1, 'read'", "n < 4999");
        insertValues(
                "public_keys (id, account_id, algorithm, bits, key_blob, fingerprint, title, created_at)",
                "n, n, 'ssh-ed25519', 256, 'x', UNHEX(SHA2(n, 256)), 'x', NOW()");
        insert("deploy_key_repositories (key_id, repository_id, read_only)", "n, n, 1");
        insert(
                "access_tokens (account_id, token_sha256, title, scopes, created_at)",
                "n, UNHEX(SHA2(n, 256)), 'x', 'repo', NOW()");
        insertValues(
                "grant_changes (changed_at, actor, program, kind, repository_id, key_id)",
                "NOW(), 'x', 'cli', 'key_added', n, n");
        api.database()
                .sql()
                .fetch(
                        "ANALYZE TABLE accounts, repositories, repository_redirects, organization_members, teams, team_members,"
                                + " team_repositories, collaborators, public_keys, deploy_key_repositories, access_tokens, grant_changes");
    }

    /** Inserts the rows as values: MariaDB 11.4.5 refuses INSERT … SELECT into a table with a trigger. */
    private void insertValues(String columns, String values) {
        String rows = IntStream.range(FIRST, LAST + 1)
                .mapToObj(n -> "(" + values.replaceAll("\\bn\\b", Integer.toString(n)) + ")")
                .collect(Collectors.joining(", "));
        api.database().sql().execute("INSERT INTO " + columns + " VALUES " + rows);
    }

    private void insert(String columns, String values) {
        insert(columns, values, "TRUE");
    }

    private void insert(String columns, String values, String condition) {
        api.database()
                .sql()
                .execute("INSERT INTO " + columns + " SELECT " + values + " FROM " + NUMBERS + " WHERE " + condition);
    }

    private List<Record> stepsOf(Query statement) {
        return api
                .database()
                .sql()
                .fetch(
                        "EXPLAIN FORMAT=TRADITIONAL " + statement.getSQL(),
                        statement.getBindValues().toArray())
                .stream()
                .map(Record.class::cast)
                .filter(step -> isOnDisk(step.get("table", String.class)))
                .toList();
    }

    /** Returns false for derived tables and common table expressions of the query itself. */
    private static boolean isOnDisk(@Nullable String table) {
        return table != null && !table.startsWith("<") && !table.equals("reached");
    }
}
