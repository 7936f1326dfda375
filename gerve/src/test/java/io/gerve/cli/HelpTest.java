package io.gerve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.cli.output.Terminal;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Help of the commands. */
class HelpTest {
    @Test
    void programHelpShowsTheFirstStepsAndExitStatuses() {
        assertThat(help(""))
                .contains(
                        "A first repository:",
                        "1    Refused",
                        "2    Usage error",
                        "69   Java 25",
                        "75   The database",
                        "78   The configuration");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "key list",
                "server create",
                "host add",
                "site set",
                "team",
                "team create",
                "explain",
                "audit",
                "audit repo",
                "audit user",
                "audit team",
                "audit key",
                "audit changes",
                "audit diff",
                "audit server",
                "audit routes",
                "audit log",
                "audit log verify",
                "audit log prune"
            })
    void commandHelpShowsOnlyItsOwnTextAndRealDefaults(String command) {
        assertThat(help(command))
                .doesNotContain("A first repository:", "Optional", "{}", "2147483647")
                .doesNotContainPattern("Default: *\n")
                .contains("Default: /etc/gerve/gerve.toml");
    }

    /** Cron jobs rely on the exit statuses of audits. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " repo",
                " user",
                " team",
                " key",
                " changes",
                " diff",
                " server",
                " routes",
                " log",
                " log verify",
                " log prune"
            })
    void auditHelpShowsItsOwnExitStatuses(String command) {
        assertThat(help("audit" + command))
                .contains("2    Usage error", "75   The database", "78   The configuration")
                .doesNotContain("nothing was changed");
    }

    @Test
    void auditLogNeedsNoSubcommand() {
        assertThat(help("audit log")).contains(" [verify | prune]\n");
    }

    @Test
    void argumentsHaveTheirOwnHeading() {
        assertThat(help("audit repo")).contains("\n\nArguments:\n      REPO ");
        assertThat(help("audit log")).doesNotContain("Arguments:");
    }

    private static String help(String command) {
        var out = new StringWriter();
        String[] arguments = Stream.concat(Stream.of(command.split(" ")), Stream.of("--help"))
                .filter(word -> !word.isEmpty())
                .toArray(String[]::new);
        int status = Gerve.execute(
                new PrintWriter(out, true), new PrintWriter(Writer.nullWriter(), true), Terminal.none(), arguments);
        assertThat(status).isZero();
        return out.toString();
    }
}
