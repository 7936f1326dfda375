package io.gerve.sql;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Optional;
import java.util.Set;

/**
 * What follows from it that the database did not do what it was asked to do. For operators' commands: a door asks everybody to try again,
 * whatever it is.
 */
public enum DatabaseFailure {
    /** It was away, too slow, overloaded or not allowed to: the same may succeed later, or once its operator has seen to it. */
    OUTAGE,
    /** Somebody else changed what this change builds on, such as by taking a name a moment earlier. */
    CONFLICT,
    /** The statement or what it was given is wrong, or the schema is another: trying again is no use. */
    PROGRAMMING_ERROR;

    /**
     * Classes of SQLSTATE: connection, authorization, read-only transaction, rollback of a deadlock's victim, lock wait, shutdown, interrupted
     * query.
     */
    private static final Set<String> AWAY = Set.of("08", "28", "25", "40", "41", "57", "70");

    /** Told as general errors, or among mistakes. */
    private static final Set<Integer> AWAY_BY_NUMBER = Set.of(
            1021, // the disk is full
            1114, // a table is full
            1180, // an error during COMMIT
            1203, // too many connections of this user
            1205, // a lock was not had in time
            1206, // the lock table is full
            1226, // a limit per hour
            1290, // an option of the server is against it, such as read_only
            1836, // the server is read-only
            3024); // the statement took too long

    /** Of the same SQLSTATE are a missing value and a failed check, which are no conflicts. */
    private static final Set<Integer> CONFLICTS = Set.of(
            1022, // a unique key, by which it cannot be written
            1062, // a unique key
            1169, // a unique constraint
            1586, // a unique key, by its name
            1216, // a foreign key: there is no such parent
            1217, // a foreign key: there are children
            1451, // the same, by the name of the constraint
            1452); // a missing parent, by the name of the constraint

    /** What MySQL tells as general errors, where MariaDB has a SQLSTATE for it. */
    private static final Set<Integer> REFUSALS = Set.of(
            1366, // a text that the column's characters cannot write
            3819, // a CHECK that does not hold
            3988); // a text that cannot be converted to the column's characters

    /** Classes of SQLSTATE: data exception, integrity constraint. */
    private static final Set<String> REFUSED_STATES = Set.of("22", "23");

    /** @param failure as jOOQ or JDBC threw it, or an exception that it caused */
    public static DatabaseFailure of(Throwable failure) {
        return sqlException(failure).map(DatabaseFailure::of).orElse(PROGRAMMING_ERROR);
    }

    /** Whether the database is the cause at all, and the statement is wrong. */
    public static boolean isProgrammingError(Throwable failure) {
        return sqlException(failure)
                .map(DatabaseFailure::of)
                .filter(PROGRAMMING_ERROR::equals)
                .isPresent();
    }

    /** Whether the database answers, and says that it does not want the values it was given: it may take others. */
    public static boolean isRefusal(Throwable failure) {
        return sqlException(failure)
                .filter(refused ->
                        REFUSED_STATES.contains(stateClass(refused)) || REFUSALS.contains(refused.getErrorCode()))
                .isPresent();
    }

    private static DatabaseFailure of(SQLException failure) {
        if (CONFLICTS.contains(failure.getErrorCode())) {
            return CONFLICT;
        }
        String state = stateClass(failure);
        // Without a state it does not come from the server, but from the pool.
        boolean away = state.isEmpty()
                || failure instanceof SQLTransientException
                || failure instanceof SQLRecoverableException
                || failure instanceof SQLNonTransientConnectionException
                || AWAY.contains(state)
                || AWAY_BY_NUMBER.contains(failure.getErrorCode());
        return away ? OUTAGE : PROGRAMMING_ERROR;
    }

    /** @return empty if there is no SQLSTATE */
    private static String stateClass(SQLException failure) {
        String state = failure.getSQLState();
        return state == null || state.length() != 5 ? "" : state.substring(0, 2);
    }

    private static Optional<SQLException> sqlException(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException found) {
                return Optional.of(found);
            }
        }
        return Optional.empty();
    }
}
