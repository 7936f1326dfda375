package io.gerve.access;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.SITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.gerve.git.RepositoryName;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.Database;
import io.gerve.sql.testing.RunningMariaDb;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.jooq.DSLContext;
import org.jooq.ExecuteContext;
import org.jooq.ExecuteListener;
import org.jooq.Query;
import org.jooq.Record;
import org.jooq.impl.DefaultExecuteListenerProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Number of queries, use of indexes, invalid rows, and an unavailable database. */
class MysqlGrantsIT {
    private static final long OWNER = 1;
    private static final long MEMBER = 2;
    private static final long STRANGER = 3;
    private static final long ORGANIZATION = 4;
    private static final long OWN = 10;
    private static final long SHARED = 11;
    private static final long TEAM_DEPTH = 300;
    private static final RepositoryName OWN_NAME = name("octo/own");
    private static final RepositoryName SHARED_NAME = name("github/shared");
    private static final RepositoryName FORMER_NAME = name("octo/former");
    private static final RepositoryName UNKNOWN_NAME = name("github/never");
    private static final PrincipalId DEPLOY_KEY = new PrincipalId.OfDeployKey(20);
    private static final PrincipalId OTHER_DEPLOY_KEY = new PrincipalId.OfDeployKey(21);

    private final Database database = new Database(RunningMariaDb.shared().newMigratedDatabase());
    private final List<Query> statements = new ArrayList<>();

    @BeforeEach
    void insert() {
        new MysqlWorld(site()).insert(database.sql());
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void ownerTakesOneQueryByPresentAndFormerName() throws Exception {
        assertThat(queriesFor(new PrincipalId.OfAccount(OWNER), OWN_NAME)).isEqualTo(1);
        assertThat(queriesFor(new PrincipalId.OfAccount(OWNER), FORMER_NAME)).isEqualTo(1);
    }

    @Test
    void otherPrincipalsTakeTwoQueries() throws Exception {
        assertThat(queriesFor(new PrincipalId.OfAccount(MEMBER), SHARED_NAME)).isEqualTo(2);
        assertThat(queriesFor(DEPLOY_KEY, SHARED_NAME)).isEqualTo(2);
    }

    /** The attack: measuring the response time to learn whether a private repository exists. */
    @Test
    void unknownAndUnreadableRepositoriesTakeTheSameStatements() throws Exception {
        for (PrincipalId principal : List.of(new PrincipalId.OfAccount(STRANGER), OTHER_DEPLOY_KEY)) {
            assertThat(shapesFor(principal, UNKNOWN_NAME))
                    .hasSize(2)
                    .isEqualTo(shapesFor(principal, SHARED_NAME))
                    .isEqualTo(shapesFor(principal, FORMER_NAME));
        }
    }

    @Test
    void roleIsInheritedThroughACycleOfHundredsOfTeams() throws Exception {
        assertThat(grants().find(new PrincipalId.OfAccount(MEMBER), SHARED_NAME).value())
                .isInstanceOfSatisfying(
                        AccessFacts.Known.class,
                        known -> assertThat(known.rights())
                                .isEqualTo(new Rights.Granted(Role.NONE, Rights.Membership.MEMBER, Role.MAINTAIN)));
    }

    @Test
    void everyQueryUsesAnIndex() throws Exception {
        for (int number = 101; number <= 600; number++) {
            new MysqlWorld(World.random(new Random(number), number)).insert(database.sql());
        }
        assertThat(database.sql().fetchCount(ACCOUNTS)).isGreaterThan(2000);
        database.sql()
                .fetch(
                        "ANALYZE TABLE accounts, repositories, repository_redirects, collaborators, organization_members, teams, team_members,"
                                + " team_repositories, deploy_key_repositories");
        for (PrincipalId principal :
                List.of(new PrincipalId.OfAccount(OWNER), new PrincipalId.OfAccount(MEMBER), DEPLOY_KEY)) {
            for (RepositoryName name : List.of(OWN_NAME, SHARED_NAME, FORMER_NAME, UNKNOWN_NAME)) {
                queriesFor(principal, name);
            }
        }
        assertThat(statements).hasSizeGreaterThan(20);
        var tablesRead = new TreeSet<String>();
        for (Query statement : statements) {
            for (Record step : stepsOf(statement)) {
                tablesRead.add(step.get("table", String.class));
                assertThat(usesAnIndex(step)).as("%s%n%s", step, statement).isTrue();
            }
        }
        assertThat(tablesRead).hasSize(10).contains("teams", "team_repositories", "repository_redirects", "accounts");
    }

    @Test
    void invalidRowIsUnavailable() {
        database.sql()
                .update(ACCOUNTS)
                .set(ACCOUNTS.LOGIN, "../etc")
                .where(ACCOUNTS.ID.eq(ORGANIZATION))
                .execute();
        database.sql().execute("INSERT INTO repository_redirects VALUES ('octo', 'odd', ?, '2026-01-01')", SHARED);

        assertUnavailable(grants(), name("octo/odd"));
    }

    @Test
    void missingSiteRowIsUnavailable() {
        database.sql().deleteFrom(SITE).execute();

        assertUnavailable(grants(), OWN_NAME);
    }

    @Test
    void unreachableServerIsUnavailable(@TempDir Path directory) throws Exception {
        try (var server = RunningMariaDb.start(directory);
                var unreachable = new Database(server.newMigratedDatabase())) {
            server.kill();

            assertUnavailable(new MysqlGrants(unreachable::sql), OWN_NAME);
        }
    }

    private static void assertUnavailable(Grants grants, RepositoryName name) {
        assertThatExceptionOfType(LookupUnavailable.class)
                .isThrownBy(() -> grants.find(new PrincipalId.OfAccount(OWNER), name));
    }

    /** Excludes the derived tables, which are small and scanned in full. */
    private List<Record> stepsOf(Query statement) {
        var explained = database.sql()
                .fetch(
                        "EXPLAIN FORMAT=TRADITIONAL " + statement.getSQL(),
                        statement.getBindValues().toArray());
        return explained.stream()
                .map(Record.class::cast)
                .filter(step -> isOnDisk(step.get("table", String.class)))
                .toList();
    }

    private static boolean isOnDisk(@Nullable String table) {
        return table != null && !table.startsWith("<") && !table.equals("effective_teams") && !table.equals("named");
    }

    private static boolean usesAnIndex(Record row) {
        return row.get("key") != null
                && List.of("const", "eq_ref", "ref", "system").contains(row.get("type", String.class));
    }

    private int queriesFor(PrincipalId principal, RepositoryName name) throws LookupUnavailable {
        int before = statements.size();
        grants().find(principal, name);
        return statements.size() - before;
    }

    private List<String> shapesFor(PrincipalId principal, RepositoryName name) throws LookupUnavailable {
        int before = statements.size();
        grants().find(principal, name);
        return statements.subList(before, statements.size()).stream()
                .map(query -> query.getSQL())
                .toList();
    }

    private Grants grants() {
        var configuration = database.sql()
                .configuration()
                .deriveAppending(new DefaultExecuteListenerProvider(new ExecuteListener() {
                    private static final long serialVersionUID = 1;

                    @Override
                    public void executeStart(ExecuteContext context) {
                        statements.add(Objects.requireNonNull(context.query()));
                    }
                }));
        DSLContext counted = configuration.dsl();
        return new MysqlGrants(() -> counted);
    }

    private static World site() {
        var people = List.of(
                new World.Person(OWNER, "octo", false, Role.NONE, false),
                new World.Person(MEMBER, "member", false, Role.NONE, false),
                new World.Person(STRANGER, "stranger", false, Role.NONE, false),
                new World.Person(ORGANIZATION, "github", true, Role.NONE, false));
        var teams = LongStream.rangeClosed(1, TEAM_DEPTH)
                .mapToObj(id -> new World.Team(
                        id, ORGANIZATION, id == TEAM_DEPTH ? 1 : id + 1, id == 1 ? List.of(MEMBER) : List.of()))
                .toList();
        var active = Repository.State.ACTIVE;
        var repositories = List.of(
                new World.Repo(OWN, OWNER, "own", Repository.Visibility.PRIVATE, active),
                new World.Repo(SHARED, ORGANIZATION, "shared", Repository.Visibility.PRIVATE, active));
        return new World(
                people,
                List.of(new World.Member(ORGANIZATION, MEMBER, false)),
                teams,
                List.of(
                        new World.TeamRole(TEAM_DEPTH, SHARED, Role.MAINTAIN),
                        new World.TeamRole(7, SHARED, Role.READ)),
                repositories,
                List.of(new World.Former("octo", "former", OWN)),
                List.of(new World.Collaborator(SHARED, OWNER, Role.TRIAGE)),
                List.of(new World.DeployRight(20, SHARED, true)),
                List.of(),
                false);
    }

    private static RepositoryName name(String text) {
        return RepositoryName.parse(text).orElseThrow();
    }
}
