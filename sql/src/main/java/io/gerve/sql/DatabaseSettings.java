package io.gerve.sql;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Settings of the {@code [database]} section. Error messages name the keys of the TOML file.
 *
 * @param url JDBC URL. Must begin with {@code jdbc:mysql:}, for MariaDB as well. Must contain neither credentials nor
 *     an option that Gerve sets.
 * @param maximumPoolSize maximum number of connections of one program, 1 to 1000
 * @param queryTimeout time after which a query fails, including the wait for the pool, the network and the server; 250
 *     ms to 10 min
 * @param truststore certificates by which the server is verified; verification is required if it is a file
 */
public record DatabaseSettings(
        String url, String user, String password, int maximumPoolSize, Duration queryTimeout, Truststore truststore) {
    private static final Duration TIMEOUT_MIN = Duration.ofMillis(250);
    private static final Duration TIMEOUT_MAX = Duration.ofMinutes(10);
    private static final int POOL_SIZE_MAX = 1000;
    private static final Pattern CREDENTIALS = Pattern.compile("(?i)://[^/?]*@|\\b(user|password\\d?)\\s*=");

    /**
     * Driver options that the URL must not contain. An option in the URL overrides the program's own value; these would
     * expose the host to the server or remove a limit.
     */
    private static final List<String> RESERVED_OPTIONS = List.of(
            "allowLoadLocalInfile",
            "allowUrlInLocalInfile",
            "allowMultiQueries",
            "autoDeserialize",
            "queryInterceptors",
            "connectTimeout",
            "socketTimeout",
            "connectionTimeZone",
            "serverTimezone",
            "forceConnectionTimeZoneToSession",
            "preserveInstants",
            "sessionVariables",
            "propertiesTransform");

    public DatabaseSettings {
        require(url.startsWith("jdbc:mysql:"), "database.url must begin with jdbc:mysql:");
        requireSafeUrl(url);
        require(!user.isBlank(), "database.user must not be empty");
        require(
                maximumPoolSize >= 1 && maximumPoolSize <= POOL_SIZE_MAX,
                "database.maximum_pool_size must be 1 to " + POOL_SIZE_MAX + ", not " + maximumPoolSize);
        require(
                queryTimeout.compareTo(TIMEOUT_MIN) >= 0 && queryTimeout.compareTo(TIMEOUT_MAX) <= 0,
                "database.query_timeout must be 250ms to 10m, not " + queryTimeout.toMillis() + "ms");
    }

    /** Creates settings with the truststore of Java. */
    public DatabaseSettings(String url, String user, String password, int maximumPoolSize, Duration queryTimeout) {
        this(url, user, password, maximumPoolSize, queryTimeout, new Truststore.OfJava());
    }

    public DatabaseSettings withMaximumPoolSize(int connections) {
        return new DatabaseSettings(url, user, password, connections, queryTimeout, truststore);
    }

    /** Returns all settings except the passwords. */
    @Override
    public String toString() {
        return "DatabaseSettings[url=" + url + ", user=" + user + ", password=(hidden), maximumPoolSize="
                + maximumPoolSize + ", queryTimeout=" + queryTimeout + ", truststore=" + truststore + "]";
    }

    private static void requireSafeUrl(String url) {
        var text = decoded(url);
        require(
                !CREDENTIALS.matcher(text).find(),
                "database.url must not contain credentials: set database.user and database.password");
        var lowerCase = text.toLowerCase(Locale.ROOT);
        for (var option : RESERVED_OPTIONS) {
            require(
                    !lowerCase.contains(option.toLowerCase(Locale.ROOT)),
                    "database.url must not set " + option + ": Gerve sets it itself");
        }
    }

    private static String decoded(String url) {
        try {
            return URLDecoder.decode(url, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            throw new IllegalArgumentException(
                    "database.url is not a valid URL: a % must be followed by two hex digits");
        }
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
