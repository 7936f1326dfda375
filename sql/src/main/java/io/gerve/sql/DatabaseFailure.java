package io.gerve.sql;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Optional;
import java.util.Set;

/**
 * Classification of a failed database operation. Operators' commands use it to choose a message and an exit status.
 * Frontends do not use it: they ask the client to retry after any failure.
 */
public enum DatabaseFailure {
    /**
     * The database is down, too slow, overloaded, read-only, or refuses the login. The same statement may succeed
     * later, or after an operator has fixed the database.
     */
    OUTAGE,
    /** A concurrent change invalidated this one, for example by using the same name a moment earlier. */
    CONFLICT,
    /** The database user may not do this. Another user of the site may (database-rights.sql). */
    ACCESS_DENIED,
    /** The statement or its values are wrong, or the schema does not match the program. A retry fails as well. */
    PROGRAMMING_ERROR;

    /**
     * SQLSTATE classes of an outage: connection, authorization, read-only transaction, rollback after a deadlock, lock
     * wait, shutdown, interrupted query.
     */
    private static final Set<String> OUTAGE_STATES = Set.of("08", "28", "25", "40", "41", "57", "70");

    /** Error numbers of an outage that have a general SQLSTATE, or the SQLSTATE of a programming error. */
    private static final Set<Integer> OUTAGE_NUMBERS = Set.of(
            167, // MariaDB: the ids of a table are used up
            1467, // MySQL: the ids of a table are used up
            1021, // the disk is full
            1114, // a table is full
            1180, // error during COMMIT
            1203, // too many connections of this user
            1205, // lock wait timeout
            1206, // the lock table is full
            1226, // an hourly limit of this user is exceeded
            1290, // a server option such as read_only prevents the statement
            1836, // the server is read-only
            3024); // the statement exceeded its time limit

    /**
     * Error numbers of a conflict. Missing values and failed checks have the same SQLSTATE class but are not conflicts.
     */
    private static final Set<Integer> CONFLICT_NUMBERS = Set.of(
            1022, // duplicate key on write
            1062, // duplicate value in a unique key
            1169, // unique constraint violated
            1586, // duplicate value in a unique key, reported with the name of the key
            1216, // foreign key: the parent row does not exist
            1217, // foreign key: child rows exist
            1451, // foreign key: child rows exist, reported with the name of the constraint
            1452); // foreign key: the parent row does not exist, reported with the name of the constraint

    /** Error numbers of a missing privilege: on the database, on a table, on a column. */
    private static final Set<Integer> ACCESS_DENIED_NUMBERS = Set.of(1044, 1142, 1143);

    /** Error numbers of refused values that MySQL reports as general errors. MariaDB has a SQLSTATE for them. */
    private static final Set<Integer> REFUSED_VALUE_NUMBERS = Set.of(
            1366, // the column's character set cannot represent the text
            3819, // a CHECK constraint is violated
            3988); // the text cannot be converted to the column's character set

    /** SQLSTATE classes of refused values: data exception, integrity constraint. */
    private static final Set<String> REFUSED_VALUE_STATES = Set.of("22", "23");

    /**
     * Classifies a failure.
     *
     * @param failure an exception of jOOQ or JDBC, or one that has such an exception among its causes
     * @return {@link #PROGRAMMING_ERROR} also if no SQLException is among the causes
     */
    public static DatabaseFailure of(Throwable failure) {
        return sqlException(failure).map(DatabaseFailure::of).orElse(PROGRAMMING_ERROR);
    }

    /** Returns true if the database reported the failure and it is a {@link #PROGRAMMING_ERROR}. */
    public static boolean isProgrammingError(Throwable failure) {
        return sqlException(failure)
                .map(DatabaseFailure::of)
                .filter(PROGRAMMING_ERROR::equals)
                .isPresent();
    }

    /** Returns true if the database refused the values of a statement. The statement may succeed with other values. */
    public static boolean isRefusal(Throwable failure) {
        return sqlException(failure)
                .filter(refused -> !OUTAGE_NUMBERS.contains(refused.getErrorCode()))
                .filter(refused -> REFUSED_VALUE_STATES.contains(stateClass(refused))
                        || REFUSED_VALUE_NUMBERS.contains(refused.getErrorCode()))
                .isPresent();
    }

    /**
     * Returns the cause of an outage and what to do, or else the first line of the message of the database or its driver,
     * without the statement that jOOQ adds.
     *
     * @return empty if no SQLException is among the causes, or if it has no message
     */
    public static Optional<String> message(Throwable failure) {
        return sqlException(failure).flatMap(found -> OutageCause.of(found).or(() -> firstLine(found)));
    }

    private static Optional<String> firstLine(SQLException failure) {
        return Optional.ofNullable(failure.getMessage())
                .flatMap(message -> message.lines().findFirst());
    }

    private static DatabaseFailure of(SQLException failure) {
        if (CONFLICT_NUMBERS.contains(failure.getErrorCode())) {
            return CONFLICT;
        }
        if (ACCESS_DENIED_NUMBERS.contains(failure.getErrorCode())) {
            return ACCESS_DENIED;
        }
        String state = stateClass(failure);
        // A failure without an SQLSTATE comes from the pool, not from the server.
        boolean isOutage = state.isEmpty()
                || failure instanceof SQLTransientException
                || failure instanceof SQLRecoverableException
                || failure instanceof SQLNonTransientConnectionException
                || OUTAGE_STATES.contains(state)
                || OUTAGE_NUMBERS.contains(failure.getErrorCode());
        return isOutage ? OUTAGE : PROGRAMMING_ERROR;
    }

    /** Returns the first two characters of the SQLSTATE, or an empty string if there is none. */
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
