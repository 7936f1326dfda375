package io.gerve.sql;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** What Connector/J is told, the same for every connection of Gerve but for how long it may wait for an answer. */
final class DriverOptions {
    private DriverOptions() {}

    static Map<String, String> of(Duration connectTimeout, Duration answerTimeout) {
        var options = new HashMap<>(SAFE);
        options.putAll(UTC);
        options.putAll(STRICT);
        options.putAll(QUICK);
        options.put("connectTimeout", Long.toString(connectTimeout.toMillis()));
        options.put("socketTimeout", Long.toString(answerTimeout.toMillis()));
        return Map.copyOf(options);
    }

    /** A server that was taken over must be able neither to read this host's files nor to send it objects. */
    private static final Map<String, String> SAFE = Map.of(
            "allowLoadLocalInfile", "false",
            "allowUrlInLocalInfile", "false",
            "allowMultiQueries", "false",
            "autoDeserialize", "false",
            "characterEncoding", "UTF-8");

    /** A DATETIME holds UTC, whatever the zones of this JVM and of the server. */
    private static final Map<String, String> UTC = Map.of(
            "connectionTimeZone", "UTC",
            "forceConnectionTimeZoneToSession", "true",
            "preserveInstants", "true");

    /** MySQL's own default, whatever the server's is: a value that does not fit is refused and not cut, \ escapes, and " begins a text. */
    private static final Map<String, String> STRICT = Map.of(
            "sessionVariables",
            "sql_mode='ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
                    + "NO_ENGINE_SUBSTITUTION'");

    /** HikariCP's wiki, "MySQL Configuration": statements are prepared once for each connection, state is not asked for. */
    private static final Map<String, String> QUICK = Map.of(
            "cachePrepStmts", "true",
            "prepStmtCacheSize", "250",
            "prepStmtCacheSqlLimit", "4096",
            "useServerPrepStmts", "true",
            "useLocalSessionState", "true",
            "cacheServerConfiguration", "true",
            "elideSetAutoCommits", "true",
            "maintainTimeStats", "false");
}
