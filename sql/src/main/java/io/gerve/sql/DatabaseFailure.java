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
    MISTAKE;

    /**
     * Classes of SQLSTATE: connection, authorization, read-only transaction, rollback of a deadlock's victim, lock wait, shutdown, interrupted
     * query.
     */
    private static final Set<String> AWAY = Set.of("08", "28", "25", "40", "41", "57", "70");

    /**
     * Told as general errors, or among mistakes: the disk or a table is full, an error during COMMIT, too many connections of this user, a lock
     * was not had in time, the lock table is full, a limit per hour, the server is read-only, the statement took too long.
     */
    private static final Set<Integer> AWAY_BY_NUMBER =
            Set.of(1021, 1114, 1180, 1203, 1205, 1206, 1226, 1290, 1836, 3024);

    /** Unique keys and foreign keys. Of the same SQLSTATE are a missing value and a failed check, which are no conflicts. */
    private static final Set<Integer> CONFLICTS = Set.of(1022, 1062, 1169, 1586, 1216, 1217, 1451, 1452);

    /** @param failure as jOOQ or JDBC threw it, or an exception that it caused */
    public static DatabaseFailure of(Throwable failure) {
        return sqlException(failure).map(DatabaseFailure::of).orElse(MISTAKE);
    }

    /** Whether the database is the cause at all, and the statement is wrong. */
    public static boolean isMistake(Throwable failure) {
        return sqlException(failure)
                .map(DatabaseFailure::of)
                .filter(MISTAKE::equals)
                .isPresent();
    }

    private static DatabaseFailure of(SQLException failure) {
        if (CONFLICTS.contains(failure.getErrorCode())) {
            return CONFLICT;
        }
        String state = failure.getSQLState();
        // Without a state it does not come from the server, but from the pool.
        boolean away = state == null
                || state.length() != 5
                || failure instanceof SQLTransientException
                || failure instanceof SQLRecoverableException
                || failure instanceof SQLNonTransientConnectionException
                || AWAY.contains(state.substring(0, 2))
                || AWAY_BY_NUMBER.contains(failure.getErrorCode());
        return away ? OUTAGE : MISTAKE;
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
