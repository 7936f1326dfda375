package io.gerve.registry;

import io.gerve.keylookup.key.Actor;
import io.gerve.lookup.Change;
import io.gerve.lookup.Changes;
import io.gerve.sql.Database;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;
import org.jooq.exception.IntegrityConstraintViolationException;

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

    <T> T read(Question<T> question) throws Refused, Unreachable {
        try {
            return question.ask(database.sql());
        } catch (DataAccessException e) {
            throw unreachable(e);
        }
    }

    /**
     * Nothing is changed unless it returns, but for a connection that was lost while it committed.
     *
     * @throws Unreachable from which does not follow that nothing was changed
     */
    <T> T change(Work<T> work) throws Refused, Unreachable {
        List<Change> changes = new ArrayList<>();
        T result;
        try {
            result = database.sql()
                    .transactionResult(transaction ->
                            work.run(new MysqlEntry(transaction.dsl(), actor, clock.instant(), changes)));
        } catch (IntegrityConstraintViolationException e) {
            throw new Refused("Somebody else changed the same thing at this moment. Look at it again, then try again.");
        } catch (DataAccessException e) {
            // It may hold all the same, and a gate that asks once too often does no harm.
            tellGates(changes);
            throw outcome(e);
        }
        tellGates(changes);
        return result;
    }

    private void tellGates(List<Change> changes) {
        changes.stream().distinct().forEach(gates::publish);
    }

    /** jOOQ wraps what the work threw when it rolls back. */
    private static Unreachable outcome(DataAccessException e) throws Refused {
        return switch (e.getCause()) {
            case Refused refused -> throw refused;
            case Unreachable unreachable -> unreachable;
            case null, default -> unreachable(e);
        };
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
