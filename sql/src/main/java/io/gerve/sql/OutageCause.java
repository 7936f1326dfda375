package io.gerve.sql;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;

/** Explanation of why the database cannot be used, for the operator. */
public final class OutageCause {
    private static final Map<Integer, String> BY_NUMBER = Map.of(
            1040, "the database has too many connections: raise max_connections of the server",
            1044, "the user of database.user may not use the database: grant the rights of database-rights.sql",
            1045, "the database refuses user or password: correct database.user or database.password_file",
            1049, "the database of database.url does not exist: create it, or correct database.url",
            1129, "the database blocks this machine after failed connections: run FLUSH HOSTS on the server",
            1130, "the database accepts no user from this machine: create the user for this machine's address",
            1290, "the database is read-only: name the primary server in database.url",
            1836, "the database is read-only: name the primary server in database.url",
            1698, "the database refuses user or password: correct database.user or database.password_file");

    private OutageCause() {}

    /**
     * Returns the cause and what to do, without a period at the end.
     *
     * @param failure an exception of the pool, of jOOQ or of JDBC
     * @return empty if the cause is none that is known
     */
    public static Optional<String> of(Throwable failure) {
        Optional<String> tls = TlsFailure.explain(failure, "database");
        for (Throwable cause = failure; cause != null && tls.isEmpty(); cause = cause.getCause()) {
            Optional<String> known = known(cause);
            if (known.isPresent()) {
                return known;
            }
        }
        return tls;
    }

    private static Optional<String> known(Throwable cause) {
        return Optional.ofNullable(
                switch (cause) {
                    case SQLException refused -> BY_NUMBER.get(refused.getErrorCode());
                    case UnknownHostException _ ->
                        "the host of database.url has no address: correct it, or the name service";
                    case ConnectException _ ->
                        "nothing accepts connections at database.url: start the database, or correct database.url";
                    case NoRouteToHostException _ -> "no network leads to the host of database.url";
                    case SocketTimeoutException _ -> "the database did not answer within database.query_timeout";
                    default -> null;
                });
    }
}
