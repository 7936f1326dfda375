package io.gerve.registry;

import io.gerve.keylookup.key.Actor;
import io.gerve.lookup.Change;
import io.gerve.lookup.Changes;
import io.gerve.sql.Database;
import io.gerve.sql.DatabaseFailure;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;

/** Makes each change in one transaction with the record of who made it, and tells the gates of it once it holds. */
public final class MysqlLedger {
    private final Database database;
    private final Actor actor;
    private final Changes gates;
    private final Clock clock;

    /** @param gates is told of each change after it holds */
    public MysqlLedger(Database database, Actor actor, Changes gates, Clock clock) {
        this.database = database;
        this.actor = actor;
        this.gates = gates;
        this.clock = clock;
    }

    interface Question<T> {
        T ask(DSLContext sql) throws Refused;
    }

    interface Work<T> {
        T run(MysqlEntry entry) throws Refused, Unreachable;
    }

    /** @throws DataAccessException if the question itself is wrong */
    <T> T read(Question<T> question) throws Refused, Unreachable {
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
     * @throws Unreachable from which does not follow that nothing was changed
     * @throws DataAccessException if what was asked of the database is wrong; nothing was changed
     */
    <T> T change(Work<T> work) throws Refused, Unreachable {
        List<Change> changes = new ArrayList<>();
        T result;
        try {
            result = database.sql()
                    .transactionResult(transaction ->
                            work.run(new MysqlEntry(transaction.dsl(), actor, clock.instant(), changes)));
        } catch (DataAccessException e) {
            switch (e.getCause()) {
                // jOOQ wraps what the work threw when it rolls back.
                case Refused refused -> throw refused;
                case Unreachable unreachable -> throw unreachable;
                case null, default -> throw failed(e, changes);
            }
        }
        tellGates(changes);
        return result;
    }

    private Unreachable failed(DataAccessException e, List<Change> changes) throws Refused {
        return switch (DatabaseFailure.of(e)) {
            case OUTAGE -> {
                // It may hold all the same, and a gate that asks once too often does no harm.
                tellGates(changes);
                yield unreachable(e);
            }
            case CONFLICT ->
                throw new Refused(
                        "Somebody else changed the same thing at this moment. Look at it again, then try again.");
            case MISTAKE -> throw e;
        };
    }

    private void tellGates(List<Change> changes) {
        changes.stream().distinct().forEach(gates::publish);
    }

    private static Unreachable unreachable(DataAccessException e) {
        String cause = Optional.ofNullable(e.getCause())
                .map(Throwable::getMessage)
                .orElse("no connection")
                .lines()
                .findFirst()
                .orElse("no connection");
        return new Unreachable("The database did not answer: " + cause + ". Try again.", e);
    }
}
