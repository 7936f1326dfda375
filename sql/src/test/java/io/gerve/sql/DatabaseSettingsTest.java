package io.gerve.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseSettingsTest {
    private static final String URL = "jdbc:mysql://db.example/gerve?sslMode=VERIFY_IDENTITY";

    @Test
    void toStringOmitsPassword() {
        assertThat(settings(URL, 10, 2000).toString()).contains(URL).doesNotContain("sesame");
    }

    @Test
    void errorMessageNamesSetting() {
        assertRefused("database.url", () -> settings("jdbc:postgresql://db/gerve", 10, 2000));
        assertRefused("database.url", () -> settings("jdbc:mysql://db/gerve?a=%zz", 10, 2000));
        assertRefused("database.user", () -> new DatabaseSettings(URL, " ", "sesame", 10, Duration.ofSeconds(2)));
        assertRefused("database.maximum_pool_size", () -> settings(URL, 0, 2000));
        assertRefused("database.query_timeout", () -> settings(URL, 10, 249));
    }

    /**
     * The attack: with these options, a rogue server can request any file of the client or send it objects to
     * deserialize (CVE-2017-3523).
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:mysql://db/gerve?allowLoadLocalInfile=true",
                "jdbc:mysql://db/gerve?ALLOWloadlocalinfile=true",
                "jdbc:mysql://db/gerve?auto%44eserialize=true",
                "jdbc:mysql://(host=db,allowMultiQueries=true)/gerve",
                "jdbc:mysql://db/gerve?socketTimeout=0",
                "jdbc:mysql://db/gerve?sessionVariables=sql_mode=''",
                "jdbc:mysql://root:sesame@db/gerve",
                "jdbc:mysql://db/gerve?user=root&password=sesame"
            })
    void urlThatOverridesReservedOptionIsRefused(String url) {
        assertRefused("database.url must not", () -> settings(url, 10, 2000));
    }

    private static void assertRefused(String message, Runnable construction) {
        assertThatIllegalArgumentException()
                .isThrownBy(construction::run)
                .withMessageStartingWith(message)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("sesame"));
    }

    private static DatabaseSettings settings(String url, int maximumPoolSize, long timeoutMillis) {
        return new DatabaseSettings(url, "gerve", "sesame", maximumPoolSize, Duration.ofMillis(timeoutMillis));
    }
}
