package io.gerve.audit;

import static io.gerve.sql.schema.Tables.GRANT_CHANGES;
import static io.gerve.sql.schema.Tables.REPOSITORIES;

import io.gerve.git.RepositoryName;
import io.gerve.keylookup.key.Login;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.schema.tables.records.GrantChangesRecord;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;

/**
 * The rights that were gained and lost between two times: both are told by {@link MysqlAudit}, and compared. Of what is compared at one
 * time, the earlier side is kept in memory: the people of one repository, or the repositories of one account.
 */
public final class MysqlRightsDiff {
    private final Supplier<DSLContext> database;
    private final MysqlAudit before;
    private final MysqlAudit after;
    private final Instant from;
    private final Instant to;

    public MysqlRightsDiff(Supplier<DSLContext> database, Instant from, Instant to) {
        this.database = database;
        this.before = new MysqlAudit(database, from);
        this.after = new MysqlAudit(database, to);
        this.from = from;
        this.to = to;
    }

    /** The people of one repository.
     *  @return false if there was none of that name at either time */
    public boolean ofRepository(RepositoryName name, Reach.Sink<RightDifference> sink) throws LookupUnavailable {
        var id = after.idOf(name);
        var found = id.isPresent() ? id : before.idOf(name);
        if (found.isPresent()) {
            ofRepository(found.get(), sink);
        }
        return found.isPresent();
    }

    /** The repositories of one account.
     *  @return false if there was no such account at either time */
    public boolean ofAccount(Login login, Reach.Sink<RightDifference> sink) throws LookupUnavailable {
        var comparison = new Comparison();
        boolean was = before.ofAccount(login, MysqlAudit.Scope.GRANTED, comparison::was);
        boolean is = after.ofAccount(login, MysqlAudit.Scope.GRANTED, reach -> comparison.is(reach, sink));
        comparison.rest(sink);
        return was || is;
    }

    /** All of the site: the people of each repository that some change between the two times may concern. */
    public void ofSite(Reach.Sink<RightDifference> sink) throws LookupUnavailable {
        for (long repository : concerned()) {
            if (!ofRepository(repository, sink)) {
                return;
            }
        }
    }

    private boolean ofRepository(long id, Reach.Sink<RightDifference> sink) throws LookupUnavailable {
        var comparison = new Comparison();
        before.ofRepository(id, comparison::was);
        after.ofRepository(id, reach -> comparison.is(reach, sink));
        return comparison.rest(sink);
    }

    private Set<Long> concerned() throws LookupUnavailable {
        Set<Long> repositories = new TreeSet<>();
        Set<Long> owners = new HashSet<>();
        Set<Long> people = new HashSet<>();
        try {
            DSLContext sql = database.get();
            sql.selectDistinct(
                            GRANT_CHANGES.KIND,
                            GRANT_CHANGES.REPOSITORY_ID,
                            GRANT_CHANGES.ORGANIZATION_ID,
                            GRANT_CHANGES.ACCOUNT_ID)
                    .from(GRANT_CHANGES)
                    .where(GRANT_CHANGES.CHANGED_AT.gt(from))
                    .and(GRANT_CHANGES.CHANGED_AT.le(to))
                    .forEach(row -> sort(row.into(GRANT_CHANGES), repositories, owners, people));
            owners.addAll(people);
            for (long owner : owners) {
                sql.select(REPOSITORIES.ID)
                        .from(REPOSITORIES)
                        .where(REPOSITORIES.OWNER_ID.eq(owner))
                        .forEach(row -> repositories.add(row.value1()));
            }
        } catch (DataAccessException e) {
            throw new LookupUnavailable("changes between " + from + " and " + to, e);
        }
        for (long person : people) {
            for (MysqlAudit side : List.of(before, after)) {
                side.idsReachedBy(person, repositories::add);
            }
        }
        return repositories;
    }

    private static void sort(GrantChangesRecord change, Set<Long> repositories, Set<Long> owners, Set<Long> people) {
        if (change.getRepositoryId() != null) {
            repositories.add(change.getRepositoryId());
        } else if (change.getOrganizationId() != null) {
            owners.add(change.getOrganizationId());
        } else if (change.getKind().equals("base-permission")) {
            owners.add(change.getAccountId());
        } else if (change.getKind().equals("account-standing")) {
            people.add(change.getAccountId());
        }
    }

    /** What was, until it is found again or not. */
    private static final class Comparison {
        private final Map<String, Reach> were = new LinkedHashMap<>();
        private boolean goesOn = true;

        boolean was(Reach reach) {
            were.put(key(reach), reach);
            return true;
        }

        boolean is(Reach now, Reach.Sink<RightDifference> sink) {
            Reach then = were.remove(key(now));
            if (then == null) {
                goesOn = sink.take(RightDifference.gained(now));
            } else if (RightDifference.isBetween(then, now)) {
                goesOn = sink.take(RightDifference.between(then, now));
            }
            return goesOn;
        }

        boolean rest(Reach.Sink<RightDifference> sink) {
            for (Reach then : were.values()) {
                goesOn = goesOn && sink.take(RightDifference.lost(then));
            }
            return goesOn;
        }

        private static String key(Reach reach) {
            return reach.repositoryId() + " " + reach.who();
        }
    }
}
