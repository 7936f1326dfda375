package io.gerve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.fileserver.FileServerUnavailable;
import io.gerve.lookup.LookupUnavailable;
import java.sql.SQLTransientConnectionException;
import org.jooq.exception.DataAccessException;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** Tests of the messages. Their exit statuses are tested in {@link ExitStatusTest}. */
class CommandFailureTest {
    @Test
    void failedLookupNamesTheMessageOfTheDatabase() {
        var cause = new SQLTransientConnectionException("Connection is not available\n(total=16)");
        assertThat(message(new LookupUnavailable(
                        "route of mojombo", new DataAccessException("SQL [select 1]; not available", cause))))
                .isEqualTo("Look-up failed: route of mojombo: Connection is not available. Try again.");
    }

    @Test
    void failedLookupNamesTheMessageOfRedis() {
        var cause = new JedisConnectionException("Failed to connect to 127.0.0.1:6379.");
        assertThat(message(new LookupUnavailable("route of mojombo", cause)))
                .isEqualTo("Look-up failed: route of mojombo: Failed to connect to 127.0.0.1:6379. Try again.");
    }

    @Test
    void failedLookupWithoutCauseNamesTheLookup() {
        assertThat(message(new LookupUnavailable("too many concurrent look-ups")))
                .isEqualTo("Look-up failed: too many concurrent look-ups. Try again.");
    }

    @Test
    void fileServerThatCannotBeUsedIsNamed() {
        assertThat(message(new FileServerUnavailable("all 500 sessions to file server fs1a are in use")))
                .isEqualTo("Cannot use the file server: all 500 sessions to file server fs1a are in use. Try again.");
    }

    private static String message(Exception exception) {
        return CommandFailure.message(exception);
    }
}
