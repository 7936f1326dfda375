package io.gerve.admin;

import io.gerve.invalidation.Invalidation;
import io.gerve.invalidation.InvalidationBus;
import io.gerve.keylookup.directory.Actor;
import io.gerve.sql.Database;
import io.gerve.sql.DatabaseFailure;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;

/** Makes each change in one transaction with the record of who made it, and tells the gates of it once it holds. */
public final class AuditedTransaction {
    private final Database database;
    private final Actor actor;
    private final InvalidationBus invalidations;
    private final Clock clock;

    /** @param gates is told of each change after it holds */
    public AuditedTransaction(Database database, Actor actor, InvalidationBus gates, Clock clock) {
        this.database = database;
        this.actor = actor;
        this.invalidations = gates;
        this.clock = clock;
    }

    interface Query<T> {
        T ask(DSLContext sql) throws ChangeRefused;
    }

    interface Work<T> {
        T run(ChangeContext entry) throws ChangeRefused, DependencyUnavailable;
    }

    /** @throws DataAccessException if the question itself is wrong */
    <T> T query(Query<T> question) throws ChangeRefused, DependencyUnavailable {
        try {
            return question.ask(database.sql());
        } catch (DataAccessException e) {
            if (DatabaseFailure.of(e) == DatabaseFailure.OUTAGE) {
                throw unreachable(e);
            }
            throw e;
        }
    }

    /**
     * Nothing is changed unless it returns, but for a connection that was lost while it committed.
     *
     * @throws DependencyUnavailable from which does not follow that nothing was changed
     * @throws DataAccessException if what was asked of the database is wrong; nothing was changed
     */
    <T> T change(Work<T> work) throws ChangeRefused, DependencyUnavailable {
        List<Invalidation> changes = new ArrayList<>();
        T result;
        try {
            result = database.sql()
                    .transactionResult(transaction ->
                            work.run(new ChangeContext(transaction.dsl(), actor, clock.instant(), changes)));
        } catch (DataAccessException e) {
            switch (e.getCause()) {
                // jOOQ wraps what the work threw when it rolls back.
                case ChangeRefused refused -> throw refused;
                case DependencyUnavailable unreachable -> throw unreachable;
                case null, default -> throw failure(e, changes);
            }
        }
        publish(changes);
        return result;
    }

    private DependencyUnavailable failure(DataAccessException e, List<Invalidation> changes) throws ChangeRefused {
        return switch (DatabaseFailure.of(e)) {
            case OUTAGE -> {
                // It may hold all the same, and a gate that asks once too often does no harm.
                publish(changes);
                yield unreachable(e);
            }
            case CONFLICT ->
                throw new ChangeRefused(
                        "Somebody else changed the same thing at this moment. Look at it again, then try again.");
            case PROGRAMMING_ERROR -> throw e;
        };
    }

    private void publish(List<Invalidation> changes) {
        changes.stream().distinct().forEach(invalidations::publish);
    }

    private static DependencyUnavailable unreachable(DataAccessException e) {
        String cause = Optional.ofNullable(e.getCause())
                .map(Throwable::getMessage)
                .orElse("no connection")
                .lines()
                .findFirst()
                .orElse("no connection");
        return new DependencyUnavailable("The database did not answer: " + cause + ". Try again.", e);
    }
}
