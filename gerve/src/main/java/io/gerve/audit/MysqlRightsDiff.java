package io.gerve.audit;

import io.gerve.git.RepositoryName;
import io.gerve.keylookup.key.Account;
import io.gerve.keylookup.key.Login;
import io.gerve.lookup.LookupUnavailable;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;

/**
 * The rights that were gained and lost between two times. Each somebody's right to each repository that a change may concern is looked at as
 * it was at both times, a page at a time, so memory does not grow with the answer. That the whole site was switched to read-only is no right,
 * and is left out.
 */
public final class MysqlRightsDiff {
    private final Supplier<DSLContext> database;
    private final Instant from;
    private final Instant to;

    public MysqlRightsDiff(Supplier<DSLContext> database, Instant from, Instant to) {
        this.database = database;
        this.from = from;
        this.to = to;
    }

    /** The people of one repository.
     *  @param after what is not given again
     *  @return false if there was none of that name at either time */
    public boolean ofRepository(RepositoryName name, Place after, Reach.Sink<RightDifference> sink)
            throws LookupUnavailable {
        return asking("repository " + name, times -> {
            Optional<Long> id = times.reversed().stream()
                    .flatMap(moment -> new MysqlRepositoryState(moment.state()).named(name).stream())
                    .map(owned -> owned.repository().id())
                    .findFirst();
            if (id.isPresent()) {
                new RepositoryReach(times, id.get()).each(compared(after, sink));
            }
            return id.isPresent();
        });
    }

    /** The repositories of one account.
     *  @param after what is not given again
     *  @return false if there was no such account at either time */
    public boolean ofAccount(Login login, Place after, Reach.Sink<RightDifference> sink) throws LookupUnavailable {
        return asking("account " + login, times -> {
            Optional<Account> account = times.getLast().account(login);
            if (account.isPresent()) {
                AccountReach.of(times, account.get().id()).each(MysqlAudit.Scope.GRANTED, compared(after, sink));
            }
            return account.isPresent();
        });
    }

    /** All of the site: whomever and whatever some change between the two times may concern.
     *  @param after what is not given again */
    public void ofSite(Place after, Reach.Sink<RightDifference> sink) throws LookupUnavailable {
        var _ = asking("the site", times -> {
            var concerned = MysqlConcerned.between(database.get(), from, to);
            return new SiteReach(times, concerned).each(compared(after, sink));
        });
    }

    private static Walk compared(Place after, Reach.Sink<RightDifference> sink) {
        return new Walk(
                after, reached -> RightDifference.of(reached).map(sink::take).orElse(true));
    }

    private interface Question<T> {
        T ask(List<MysqlMoment> times) throws LookupUnavailable;
    }

    private <T> T asking(String what, Question<T> question) throws LookupUnavailable {
        try {
            DSLContext sql = database.get();
            return question.ask(List.of(
                    MysqlMoment.at(sql, from).ofRightsAlone(),
                    MysqlMoment.at(sql, to).ofRightsAlone()));
        } catch (DataAccessException e) {
            throw new LookupUnavailable("differences between " + from + " and " + to + " for " + what, e);
        }
    }
}
