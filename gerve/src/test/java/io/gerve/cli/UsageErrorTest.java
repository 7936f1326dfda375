package io.gerve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.cli.output.Terminal;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is told of arguments that are not as they should be, before anything is looked for or changed. */
class UsageErrorTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "audit | A command is missing",
                "audit repo | Missing required parameter: 'REPO'",
                "audit repo bert | 'bert' is not a repository: owner/name",
                "audit team core | 'core' is not a team: organization/team",
                "audit key SHA256:abc | 'SHA256:abc' is not a fingerprint: SHA256: and 43 characters, as ssh-keygen -l",
                "audit key MD5:00:11 | 'MD5:00:11' is not a fingerprint",
                "audit repo a/b --at yesterday | 'yesterday' is neither a time like",
                "audit repo a/b --at 2026-03-01T12:00:00 | ' is neither a time like 2026-03-01T12:00:00Z",
                "audit repo a/b --at 2999-01-01 | '2999-01-01' is in the future",
                "audit repo a/b --at 999999999d | '999999999d' is before 1970",
                "audit repo a/b --limit -1 | --limit takes a number of rows",
                "audit repo a/b --where nope=1 | There is no column nope, only who, kind,",
                "audit repo a/b --sort who | --sort needs --limit",
                "audit changes --account tom --server fs1 | do not go together",
                "audit changes --after x | --after takes the id of a change",
                "audit diff | Missing required option: '--from=TIME'",
                "audit diff --from 1d --repo a/b --account tom | --repo does not go with --account",
                "audit keys --expiring 2026-01-01 | '2026-01-01' is not a length of time like 30d",
                "audit log --limit 0 | --limit takes 1 or more; --all is for all",
                "audit log --all --limit 5 | --all does not go with --limit",
                "audit log --follow --since 1d | --follow gives what comes from now on",
                "audit log --follow -n 5 | --follow gives what comes from now on",
                "audit log --follow --oldest-first | --follow gives what comes from now on",
                "audit log --verify --format csv | --verify goes through all records",
                "audit log --verify -n 5 | --verify goes through all records",
                "key add x --account tom --expires 2000-01-01 | '2000-01-01' is past",
            })
    void itIsSaidWhatIsWrongAndHowItIsRight(String command, String why) {
        assertCalledWrongly(command, why);
    }

    /** The mistake: to remove everybody's records where one account's were meant. */
    @ParameterizedTest
    @CsvSource({"--account tom", "--until 30d", "--refused", "--repo a/b"})
    void noFilterNarrowsWhatIsPruned(String filter) {
        assertCalledWrongly("audit log " + filter + " prune", "do not go with prune");
    }

    private static void assertCalledWrongly(String command, String why) {
        var err = new StringWriter();
        int status = Gerve.execute(
                new PrintWriter(Writer.nullWriter(), true),
                new PrintWriter(err, true),
                Terminal.none(),
                command.split(" "));
        assertThat(err.toString()).contains(why).contains("See: gerve ");
        assertThat(status).isEqualTo(2);
    }
}
