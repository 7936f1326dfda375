package io.gerve.sql;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Connector/J options of Gerve's connections. Connections differ only in their timeouts. */
final class DriverOptions {
    private DriverOptions() {}

    static Map<String, String> of(Duration connectTimeout, Duration socketTimeout, Truststore truststore) {
        var options = new HashMap<>(SAFE);
        options.putAll(UTC);
        options.putAll(STRICT);
        options.putAll(FAST);
        if (truststore instanceof Truststore.OfFile(Path file, String password)) {
            options.putAll(verifying(file, password));
        }
        options.put("connectTimeout", Long.toString(connectTimeout.toMillis()));
        options.put("socketTimeout", Long.toString(socketTimeout.toMillis()));
        return Map.copyOf(options);
    }

    /** Returns options that require TLS and a certificate of a trusted authority for the name in the URL. */
    private static Map<String, String> verifying(Path truststore, String password) {
        return Map.of(
                "sslMode", "VERIFY_IDENTITY",
                "trustCertificateKeyStoreUrl", truststore.toUri().toString(),
                // Reads both formats.
                "trustCertificateKeyStoreType", "PKCS12",
                "trustCertificateKeyStorePassword", password,
                "fallbackToSystemTrustStore", "false");
    }

    /**
     * Options that prevent a compromised server from reading files of this host or sending it objects to deserialize.
     */
    private static final Map<String, String> SAFE = Map.of(
            "allowLoadLocalInfile", "false",
            "allowUrlInLocalInfile", "false",
            "allowMultiQueries", "false",
            "autoDeserialize", "false",
            "characterEncoding", "UTF-8");

    /** Options that make a DATETIME hold UTC regardless of the time zones of the JVM and the server. */
    private static final Map<String, String> UTC = Map.of(
            "connectionTimeZone", "UTC",
            "forceConnectionTimeZoneToSession", "true",
            "preserveInstants", "true");

    /**
     * Option that sets MySQL's default SQL mode regardless of the server's configuration: a value that does not fit is
     * refused instead of truncated, a backslash escapes, and a double quote begins a string.
     */
    private static final Map<String, String> STRICT = Map.of(
            "sessionVariables",
            "sql_mode='ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
                    + "NO_ENGINE_SUBSTITUTION'");

    /**
     * Options that prepare each statement once per connection and avoid queries for the connection's state (HikariCP
     * wiki, "MySQL Configuration").
     */
    private static final Map<String, String> FAST = Map.of(
            "cachePrepStmts", "true",
            "prepStmtCacheSize", "250",
            "prepStmtCacheSqlLimit", "4096",
            "useServerPrepStmts", "true",
            "useLocalSessionState", "true",
            "cacheServerConfiguration", "true",
            "elideSetAutoCommits", "true",
            "maintainTimeStats", "false");
}
