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

/** What {@code --help} teaches. */
class HelpTest {
    @Test
    void theProgramTellsHowToBegin() {
        assertThat(help("")).contains("A first repository:", "75   The database");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "key list",
                "server add",
                "team",
                "team create",
                "explain",
                "audit",
                "audit repo",
                "audit account",
                "audit team",
                "audit key",
                "audit keys",
                "audit changes",
                "audit diff",
                "audit server",
                "audit routes",
                "audit log",
                "audit log prune"
            })
    void aCommandTellsOfItselfAndOnlyOfDefaultsThatThereAre(String command) {
        assertThat(help(command))
                .doesNotContain("A first repository:", "Optional", "{}", "2147483647")
                .doesNotContainPattern("Default: *\n")
                .contains("Default: /etc/gerve/gerve.toml");
    }

    /** A cron job goes by the exit status, which is not the other commands'. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " repo",
                " account",
                " team",
                " key",
                " keys",
                " changes",
                " diff",
                " server",
                " routes",
                " log"
            })
    void anAuditTellsWhatItsOwnExitStatusMeans(String command) {
        assertThat(help("audit" + command))
                .contains("2   It could not be found out, or the command was called wrongly.")
                .doesNotContain("nothing was changed", "75 ");
    }

    @Test
    void theLogIsShownWithoutACommand() {
        assertThat(help("audit log")).contains(" [prune]\n");
    }

    @Test
    void argumentsStandApartFromWhatTheCommandIs() {
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
