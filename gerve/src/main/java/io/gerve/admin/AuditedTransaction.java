package io.gerve.admin;

import io.gerve.invalidation.Invalidation;
import io.gerve.invalidation.InvalidationBus;
import io.gerve.keylookup.directory.Actor;
import io.gerve.sql.Database;
import io.gerve.sql.DatabaseFailure;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;

/**
 * Runner of the transactions that change the site. Each transaction writes a change together with a record of it and of
 * its author. The gates are notified after the commit.
 */
public final class AuditedTransaction {
    private final Database database;
    private final Actor actor;
    private final InvalidationBus invalidations;
    private final Clock clock;

    /** @param invalidations notifies the gates after each commit */
    public AuditedTransaction(Database database, Actor actor, InvalidationBus invalidations, Clock clock) {
        this.database = database;
        this.actor = actor;
        this.invalidations = invalidations;
        this.clock = clock;
    }

    interface Query<T> {
        T run(DSLContext sql) throws ChangeRefused;
    }

    interface Work<T> {
        T run(ChangeContext context) throws ChangeRefused, DependencyUnavailable;
    }

    /**
     * Runs a query.
     *
     * @throws DataAccessException if the query itself is wrong
     */
    <T> T query(Query<T> query) throws ChangeRefused, DependencyUnavailable {
        try {
            return query.run(database.sql());
        } catch (DataAccessException e) {
            if (DatabaseFailure.of(e) == DatabaseFailure.OUTAGE) {
                throw unavailable(e);
            }
            throw e;
        }
    }

    /**
     * Makes a change in one transaction.
     *
     * @throws ChangeRefused if the change is refused; nothing was changed
     * @throws DependencyUnavailable if the database or a file server did not answer. The change may still have been
     *     committed if the connection was lost during the commit
     * @throws DataAccessException if a statement is wrong; nothing was changed
     */
    <T> T change(Work<T> work) throws ChangeRefused, DependencyUnavailable {
        List<Invalidation> pending = new ArrayList<>();
        T result;
        try {
            result = database.sql()
                    .transactionResult(transaction ->
                            work.run(new ChangeContext(transaction.dsl(), actor, clock.instant(), pending)));
        } catch (DataAccessException e) {
            switch (e.getCause()) {
                // jOOQ wraps the exception of the work when it rolls back.
                case ChangeRefused refused -> throw refused;
                case DependencyUnavailable unavailable -> throw unavailable;
                case null, default -> throw failure(e, pending);
            }
        }
        publish(pending);
        return result;
    }

    private DependencyUnavailable failure(DataAccessException e, List<Invalidation> pending) throws ChangeRefused {
        return switch (DatabaseFailure.of(e)) {
            case OUTAGE -> {
                // The commit may have succeeded. An unnecessary invalidation does no harm.
                publish(pending);
                yield unavailable(e);
            }
            case CONFLICT ->
                throw new ChangeRefused(
                        "A concurrent change conflicts with this one. Nothing was changed. Check the current state, then"
                                + " try again.");
            case ACCESS_DENIED, PROGRAMMING_ERROR -> throw e;
        };
    }

    private void publish(List<Invalidation> pending) {
        pending.stream().distinct().forEach(invalidations::publish);
    }

    private static DependencyUnavailable unavailable(DataAccessException e) {
        String cause = DatabaseFailure.message(e).orElse("no connection");
        return new DependencyUnavailable("The database did not answer: " + cause + ". Try again.", e);
    }
}
