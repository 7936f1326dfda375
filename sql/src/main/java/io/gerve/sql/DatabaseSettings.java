package io.gerve.sql;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Where the database is and how much of it a program may take. The keys in the TOML file are those in the messages.
 *
 * @param url begins with {@code jdbc:mysql:}, for MariaDB too; carries neither credentials nor an option that Gerve sets
 * @param maximumPoolSize connections of one program at one time, 1 to 1000
 * @param queryTimeout after which a look-up has failed, whether it waits for the pool, the network or the server;
 *     250 ms to 10 min
 */
public record DatabaseSettings(String url, String user, String password, int maximumPoolSize, Duration queryTimeout) {
    private static final Duration TIMEOUT_MIN = Duration.ofMillis(250);
    private static final Duration TIMEOUT_MAX = Duration.ofMinutes(10);
    private static final int CONNECTIONS_LIMIT = 1000;
    private static final Pattern CREDENTIALS = Pattern.compile("(?i)://[^/?]*@|\\b(user|password\\d?)\\s*=");

    /** An option in the URL would win over the program's own: these would open the host to the server, or undo a limit. */
    private static final List<String> OPTIONS_THAT_GERVE_SETS = List.of(
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
        requireHarmless(url);
        require(!user.isBlank(), "database.user must not be empty");
        require(
                maximumPoolSize >= 1 && maximumPoolSize <= CONNECTIONS_LIMIT,
                "database.maximum_pool_size must be 1 to " + CONNECTIONS_LIMIT + ", not " + maximumPoolSize);
        require(
                queryTimeout.compareTo(TIMEOUT_MIN) >= 0 && queryTimeout.compareTo(TIMEOUT_MAX) <= 0,
                "database.query_timeout must be 250 ms to 10 min, not " + queryTimeout);
    }

    /** Everything but the password. */
    @Override
    public String toString() {
        return "DatabaseSettings[url=" + url + ", user=" + user + ", password=(hidden), connectionsMax="
                + maximumPoolSize + ", queryTimeout=" + queryTimeout + "]";
    }

    private static void requireHarmless(String url) {
        var text = decoded(url);
        require(
                !CREDENTIALS.matcher(text).find(),
                "database.url must not hold credentials: they belong in database.user and database.password");
        var lowerCase = text.toLowerCase(Locale.ROOT);
        for (var option : OPTIONS_THAT_GERVE_SETS) {
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
