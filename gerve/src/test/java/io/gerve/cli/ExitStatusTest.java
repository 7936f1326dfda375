package io.gerve.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.gerve.admin.ChangeRefused;
import io.gerve.admin.DependencyUnavailable;
import io.gerve.cli.output.Terminal;
import io.gerve.config.InvalidConfig;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.program.ExitStatus;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLSyntaxErrorException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Exit statuses of {@code gerve} that need no site. */
class ExitStatusTest {
    @ParameterizedTest
    @MethodSource
    void exceptionHasItsExitStatus(Exception exception, int status) {
        assertThat(CommandFailure.status(exception)).isEqualTo(status);
    }

    static Stream<Arguments> exceptionHasItsExitStatus() {
        return Stream.of(
                arguments(new ChangeRefused("There is already an account tom."), ExitStatus.REFUSED),
                arguments(new InvalidConfig("gerve.toml: no such file"), ExitStatus.CONFIG),
                arguments(new DependencyUnavailable("The database did not answer."), ExitStatus.TRY_AGAIN),
                arguments(new LookupUnavailable("the route of tom"), ExitStatus.TRY_AGAIN),
                arguments(
                        new LookupUnavailable("the route of tom", new SQLSyntaxErrorException("SELEC", "42000", 1064)),
                        ExitStatus.REFUSED),
                arguments(new InterruptedException(), ExitStatus.TRY_AGAIN),
                arguments(new IllegalStateException(), ExitStatus.REFUSED));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "account list",
                "agent",
                "audit changes",
                "audit key",
                "audit log",
                "audit log prune",
                "audit log verify",
                "audit repo a/b",
                "config check",
                "doctor",
                "explain --account tom --repo a/b",
                "key check",
                "migrate",
                "site show"
            })
    void missingConfigurationExitsWith78(String command) {
        var err = new StringWriter();
        assertThat(run(err, (command + " --config /nonexistent/gerve.toml").split(" ")))
                .isEqualTo(78);
        assertThat(err.toString()).contains("/nonexistent/gerve.toml").doesNotContain("\tat ");
    }

    @Test
    void wrongConfigurationExitsWith78(@TempDir Path home) throws Exception {
        Path config = Files.writeString(home.resolve("gerve.toml"), "[nonsense]\nx = 1\n");
        var err = new StringWriter();
        assertThat(run(err, "config", "check", "--config", config.toString())).isEqualTo(78);
        assertThat(err.toString()).contains("nonsense");
    }

    private static int run(Writer err, String... arguments) {
        return Gerve.execute(
                new PrintWriter(Writer.nullWriter(), true), new PrintWriter(err, true), Terminal.none(), arguments);
    }
}
