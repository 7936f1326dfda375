package io.gerve.audit;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.TEAMS;
import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.access.World;
import io.gerve.audit.access.AccessEntry;
import io.gerve.audit.access.AccessScope;
import io.gerve.audit.access.Cursor;
import io.gerve.audit.access.Results;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Login;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.Database;
import io.gerve.sql.testing.RunningMariaDb;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/**
 * Test on random sites that the pages of an audit, of any size, together equal the whole audit: each row once and in
 * the same order, now and in the past.
 */
class AuditPagesIT {
    /** The number of random sites, fewer than in {@link AuditModelIT} because each audit is read row by row. */
    private static final int WORLDS = Math.max(1, Integer.getInteger("gerve.worlds", 25) / 25);

    private static final int CHANGES = 25;
    private static final List<Integer> SIZES = List.of(1, 2, 7);

    private final Function<AccessEntry, Cursor> cursorOfEntry = AccessEntry::cursor;
    private int pages;

    @Test
    void pagesTogetherEqualTheWholeAudit(TestReporter reporter) throws Exception {
        var random = AuditModelIT.random(reporter);
        for (long number = 1; number <= WORLDS; number++) {
            try (var database = new Database(RunningMariaDb.shared().newMigratedDatabase())) {
                var world = World.random(random, number);
                AuditModelIT.insert(database, world);
                var past = new PastWorld(database, world, number, random);
                for (int i = 0; i < CHANGES; i++) {
                    past.change();
                }
                int from = random.nextInt(past.times().size());
                int to = from + random.nextInt(past.times().size() - from);
                checkAccess(database, past, from);
                checkAccess(database, past, past.times().size() - 1);
                checkDifferences(database, past, from, to);
            }
        }
        assertThat(pages).isGreaterThan(WORLDS * 10);
    }

    private void checkAccess(Database database, PastWorld past, int index) throws LookupUnavailable {
        World world = past.worlds().get(index);
        var audit = new MysqlAccessAudit(database::sql, past.times().get(index));
        for (String name : world.names()) {
            var repository = RepositoryName.parse(name).orElseThrow();
            check(after -> audit.ofRepository(repository, after), cursorOfEntry);
        }
        for (var person : world.people()) {
            var login = new Login(person.login());
            check(after -> audit.ofAccount(login, AccessScope.GRANTED_AND_PUBLIC, after), cursorOfEntry);
        }
        for (var key : world.keys()) {
            check(after -> audit.ofKey(key.fingerprint(), AccessScope.GRANTED, after), cursorOfEntry);
        }
        for (var team : database.sql()
                .select(ACCOUNTS.LOGIN, TEAMS.SLUG)
                .from(TEAMS)
                .join(ACCOUNTS)
                .on(ACCOUNTS.ID.eq(TEAMS.ORGANIZATION_ID))
                .fetch()) {
            var organization = new Login(team.value1());
            check(after -> audit.ofTeam(organization, team.value2(), after), cursorOfEntry);
        }
    }

    private void checkDifferences(Database database, PastWorld past, int from, int to) throws LookupUnavailable {
        var diff = new MysqlAccessDiff(
                database::sql, past.times().get(from), past.times().get(to));
        check(after -> Optional.of(diff.ofSite(after)), AccessDifference::cursor);
        for (String name : past.worlds().get(to).names()) {
            var repository = RepositoryName.parse(name).orElseThrow();
            check(after -> diff.ofRepository(repository, after), AccessDifference::cursor);
        }
        for (var person : past.worlds().get(to).people()) {
            var login = new Login(person.login());
            check(after -> diff.ofAccount(login, after), AccessDifference::cursor);
        }
    }

    private interface Query<T> {
        /** @return empty if the subject does not exist, or did not exist at that time */
        Optional<Results<T>> rows(Cursor after) throws LookupUnavailable;
    }

    private <T> void check(Query<T> query, Function<T, Cursor> cursorOf) throws LookupUnavailable {
        List<T> whole = new ArrayList<>();
        rows(query, Cursor.START).forEach(whole::add);
        assertThat(whole.stream().map(cursorOf)).doesNotHaveDuplicates();
        for (int size : SIZES) {
            assertThat(inPages(query, cursorOf, size)).isEqualTo(whole);
        }
    }

    private static <T> Results<T> rows(Query<T> query, Cursor after) throws LookupUnavailable {
        return query.rows(after).orElse(Results.none());
    }

    private <T> List<T> inPages(Query<T> query, Function<T, Cursor> cursorOf, int size) throws LookupUnavailable {
        List<T> all = new ArrayList<>();
        List<T> page;
        var cursor = Cursor.START;
        do {
            page = rows(query, cursor).chunks(size).next().orElse(List.of());
            pages++;
            all.addAll(page);
            // Formats and parses the cursor, as the command line does.
            cursor = page.isEmpty()
                    ? cursor
                    : Cursor.parse(cursorOf.apply(page.getLast()).toString());
        } while (page.size() == size);
        return all;
    }
}
