package io.gerve.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.access.AccessGate;
import io.gerve.access.Decision;
import io.gerve.audit.access.AccessEntry;
import io.gerve.audit.access.AccessScope;
import io.gerve.audit.access.Cursor;
import io.gerve.audit.access.MysqlCandidates;
import io.gerve.audit.access.MysqlSnapshotGrants;
import io.gerve.audit.access.Results;
import io.gerve.audit.snapshot.MysqlSnapshotKeyDirectory;
import io.gerve.git.GitCommand;
import io.gerve.git.GitService;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.lookup.CachedResult;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Audits of rights, now and in the past, read rows in proportion to the pairs of principal and repository that they
 * examine: few rows for a small audit, and for each page of a large audit only the rows of that page.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AccessQueriesIT {
    private static final int PAGE = MysqlCandidates.PAGE;
    private static final int PAGES = 6;
    private static final int FEW = 150;

    /**
     * For each pair: the repository, account, collaborators, members, teams and their roles. MySQL reads some of them
     * twice.
     */
    private static final int READS_OF_A_PAGE_MAX = 20 * PAGE;

    /** Includes the changes of each pair since the time. */
    private static final int READS_OF_A_PAST_PAGE_MAX = 2 * READS_OF_A_PAGE_MAX;

    private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");
    private static final Instant RECENTLY = Instant.parse("2026-02-20T00:00:00Z");
    private static final Instant LONG_AGO = Instant.parse("2026-01-15T00:00:00Z");

    private RowsRead rows;

    private interface Query {
        Results<Cursor> cursors(Cursor after) throws Exception;
    }

    @BeforeAll
    void start() {
        rows = new RowsRead();
        fill();
    }

    @AfterAll
    void close() {
        rows.close();
    }

    @Test
    void currentAuditReadsOnlyThePage() throws Exception {
        assertReads(
                new MysqlAccessAudit(
                        rows::sql, new MysqlSnapshotKeyDirectory(rows::sql, NOW), InstantSource.fixed(NOW)),
                READS_OF_A_PAGE_MAX);
    }

    @Test
    void pastAuditWithFewChangesReadsOnlyThePage() throws Exception {
        assertReads(new MysqlAccessAudit(rows::sql, RECENTLY), READS_OF_A_PAST_PAGE_MAX);
    }

    @Test
    void pastAuditWithManyChangesReadsOnlyThePage() throws Exception {
        assertReads(new MysqlAccessAudit(rows::sql, LONG_AGO), READS_OF_A_PAST_PAGE_MAX);
    }

    private void assertReads(MysqlAccessAudit audit, int limit) throws Exception {
        assertThat(rows.of(audit::recordedSince)).isLessThan(FEW);
        for (var name : List.of("u7/r7", "u11/r11")) {
            assertFew(after -> entries(audit.ofRepository(name(name), after)));
        }
        for (var name : List.of("big/r1", "big/r2")) {
            assertPages(name, limit, after -> entries(audit.ofRepository(name(name), after)));
        }
        assertFew(after -> entries(audit.ofAccount(login("u3"), AccessScope.GRANTED, after)));
        for (var login : List.of("u1", "u2", "u5")) {
            assertPages(login, limit, after -> entries(audit.ofAccount(login(login), AccessScope.GRANTED, after)));
        }
        assertPages(
                "u3, public",
                limit,
                after -> entries(audit.ofAccount(login("u3"), AccessScope.GRANTED_AND_PUBLIC, after)));
        for (var team : List.of("t1", "t5")) {
            assertPages(team, limit, after -> entries(audit.ofTeam(login("big"), team, after)));
        }
        assertFew(after -> entries(audit.ofKey(key(16), AccessScope.GRANTED, after)));
    }

    @Test
    void pastDecisionReadsFewRows() throws Exception {
        var gate = new AccessGate(new MysqlSnapshotGrants(rows::sql, LONG_AGO), InstantSource.fixed(LONG_AGO));
        var member = new Account(5, login("u5"), Account.Kind.USER, Account.Status.ACTIVE, "");
        var command = new GitCommand(GitService.UPLOAD_PACK, name("big/r2"));
        var decision = new Decision[1];
        long read = rows.of(
                () -> decision[0] = gate.decide(CachedResult.fresh(RegisteredKey.activeKeyOf(member)), command));
        assertThat(decision[0]).isInstanceOf(Decision.Allowed.class);
        assertThat(read).isLessThan(FEW);
    }

    @Test
    void diffReadsOnlyChangesAndAffectedPairs() throws Exception {
        var diff = new MysqlAccessDiff(rows::sql, RECENTLY, NOW);
        assertPages("the site", READS_OF_A_PAST_PAGE_MAX, after -> differences(diff.ofSite(after)));
        assertFew(after -> differences(diff.ofRepository(name("u7/r7"), after).orElseThrow()));
        assertFew(after -> differences(diff.ofAccount(login("u3"), after).orElseThrow()));
    }

    private static Results<Cursor> entries(Optional<Results<AccessEntry>> entries) {
        return entries.orElseThrow().flatMap(entry -> Results.of(List.of(entry.cursor())));
    }

    private static Results<Cursor> differences(Results<AccessDifference> differences) {
        return differences.flatMap(difference -> Results.of(List.of(difference.cursor())));
    }

    private void assertFew(Query query) throws Exception {
        assertThat(rows.of(() -> query.cursors(Cursor.START).forEach(_ -> {}))).isLessThan(FEW);
    }

    /** Asserts the limit for each page. */
    private void assertPages(String what, int limit, Query query) throws Exception {
        var cursor = Cursor.START;
        for (int number = 1; number <= PAGES; number++) {
            List<Cursor> page = new ArrayList<>();
            Cursor after = cursor;
            long read = rows.of(() -> query.cursors(after).chunks(PAGE).next().ifPresent(page::addAll));
            assertThat(page).as("page %d of %s", number, what).hasSize(PAGE);
            assertThat(read).as("page %d of %s", number, what).isLessThan(limit);
            cursor = page.getLast();
        }
    }

    /**
     * Inserts the site. {@code big} and its {@code r1}, team {@code t1}, {@code u1} and {@code u2} have many relations;
     * the others have few.
     */
    private void fill() {
        rows.fill("accounts (id, login, kind, created_at)", "n, CONCAT('u', n), 'user', '2020-01-01'", "TRUE");
        rows.fill(
                "accounts (id, login, kind, created_at)",
                "1000000 + n, ELT(n, 'big', 'small'), 'organization', '2020-01-01'",
                "n <= 2");
        rows.fill(
                "organization_members (organization_id, account_id, role)",
                "1000001, n, IF(n = 2, 'owner', 'member')",
                "n % 4 <> 3");
        rows.fill("organization_members (organization_id, account_id, role)", "1000002, n, 'owner'", "n IN (3, 5)");
        rows.fill(
                "teams (id, organization_id, slug, parent_id, created_at)",
                "n, 1000001, CONCAT('t', n), IF(n = 1, NULL, 1), '2020-01-01'",
                "n <= 5");
        rows.fill("team_members (team_id, account_id)", "2 + n % 4, n", "n % 4 <> 3");
        rows.fill(
                "repositories (id, owner_id, name, visibility, created_at)",
                "n, IF(n % 4 < 3, 1000001, n), CONCAT('r', n), IF(n % 3, 'private', 'public'), '2020-01-01'",
                "TRUE");
        rows.fill("team_repositories (team_id, repository_id, role)", "1, n, 'read'", "n % 4 < 3");
        rows.fill("collaborators (repository_id, account_id, role)", "1, n, 'read'", "n % 4 < 3");
        rows.fill("collaborators (repository_id, account_id, role)", "n, 1, 'read'", "n % 4 = 2");
        rows.fill(
                "public_keys (id, account_id, algorithm, bits, key_blob, fingerprint, title, created_at, expires_at)",
                "n, IF(n % 16, n, NULL), 'ssh-ed25519', 256, 'x', UNHEX(SHA2(n, 256)), 'x', '2020-01-01', '2025-01-01'"
                        + " + INTERVAL n % 100 DAY",
                "n % 4 = 0");
        rows.fill("deploy_key_repositories (key_id, repository_id, read_only)", "n, n, 1", "n % 16 = 0");
        change("'organization_member', n, NULL, NULL, NULL, 1000001, 'member', 'member'", "n % 4 = 0");
        change("'team_member', n, NULL, 2, NULL, 1000001, 'member', 'member'", "n % 4 = 0");
        change("'collaborator', n, 1, NULL, NULL, NULL, 'read', 'write'", "n % 4 < 3");
        change("'collaborator', 1, n, NULL, NULL, NULL, 'write', 'read'", "n % 4 = 2");
        change("'team_repository', NULL, n, 1, NULL, 1000001, 'read', 'write'", "n % 4 < 3");
        change("'repository_visibility', NULL, n, NULL, NULL, NULL, 'public', 'private'", "n % 3 = 1");
        change("'repository_name', 1000001, n, NULL, NULL, NULL, CONCAT('big/a', n), CONCAT('big/r', n)", "n % 4 = 1");
        rows.sql()
                .fetch(
                        "ANALYZE TABLE accounts, organization_members, teams, team_members, repositories, team_repositories,"
                                + " collaborators, public_keys, deploy_key_repositories, grant_changes");
    }

    /**
     * Inserts changes: about half of them long ago, one in a hundred recently. None removes all access of a pair,
     * because such a pair would be examined but not reported.
     */
    private void change(String values, String condition) {
        rows.fill(
                "grant_changes (changed_at, actor, program, kind, account_id, repository_id, team_id, key_id,"
                        + " organization_id, before_value, after_value)",
                "IF(n % 97 = 2, '2026-02-21', IF(n % 2, '2026-01-01', '2026-02-01')), 'x', 'cli', " + values,
                condition);
    }

    private static RepositoryName name(String text) {
        return RepositoryName.parse(text).orElseThrow();
    }

    private static Login login(String text) {
        return new Login(text);
    }

    private static Fingerprint key(int id) throws Exception {
        return Fingerprint.ofDigest(
                MessageDigest.getInstance("SHA-256").digest(Integer.toString(id).getBytes(StandardCharsets.US_ASCII)));
    }
}
