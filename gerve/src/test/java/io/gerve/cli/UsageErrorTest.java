package io.gerve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.cli.output.Terminal;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Usage errors, which are found before the command connects to anything. */
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
                "audit repo a/b --limit -1 | '-1' is not a number of rows from 1 to 999999999. For every row use --all",
                "audit repo a/b --where nope=1 | There is no column nope. Columns: principal, kind,",
                "audit repo a/b --sort principal | --sort needs --limit",
                "audit changes --account tom --server fs1 | Give only one of --account",
                "audit changes --after x | --after takes the id of a change",
                "audit diff | Missing required option: '--from=TIME'",
                "audit diff --from 1d --repo a/b --account tom | Give only one of --repo and --account",
                "audit key --expiring 2026-01-01 | '2026-01-01' is not a length of time like 30d",
                "audit log --limit 0 | '0' is not a number of rows from 1 to 999999999. For every row use --all",
                "audit log --all --limit 5 | mutually exclusive",
                "audit log --follow --since 1d | --follow prints new records",
                "audit log --follow --limit 5 | --follow prints new records",
                "audit log --follow --oldest-first | --follow prints new records",
                "audit log --format csv verify | cannot be combined with verify or prune",
                "audit log --limit 5 verify | cannot be combined with verify or prune",
                "audit log --command push | There is no command push. Commands: git-upload-pack,",
                "audit log --address 192.0.7 | '192.0.7' is not an IP address",
                "audit log --json --format csv | --json and --format csv contradict each other",
                "audit repo a/b --json --format csv | --json and --format csv contradict each other",
                "audit repo a/b --json --format table | --json and --format table contradict each other",
                "audit routes --limit 0 | For every row use --all",
                "audit routes --limit 99999999999 | is not a number of rows from 1 to 999999999",
                "audit key --limit 0 | For every row use --all",
                "audit key --expiring 9999999d | '9999999d' is longer than 100 years (36500d)",
                "audit key --include-public | --include-public and --at need a FINGERPRINT",
                "key list --limit 0 | For every row use --all",
                "key list --limit 5 --all | mutually exclusive",
                "key list --unused-for 9999999d | is longer than 100 years",
                "key list --bits-below 0 | '0' is not a whole number from 1 to 999999999",
                "key add x --account tom --expires 9999999d | is longer than 100 years",
                "key add x --account tom --expires 9999-01-01 | is more than 100 years ahead",
                "audit log prune --older-than 9999999d | is longer than 100 years",
                "org set github | Missing required option: '--base-permission=ROLE'",
                "repo set a/b | Give --visibility or --default-branch.",
                "repo set a/b --visibility secret | expected one of",
                "team set a/b | Missing required argument",
                "team set a/b --parent a/c --no-parent | mutually exclusive",
                "site set | Missing required argument",
                "key add x --account tom --expires 2000-01-01 | '2000-01-01' is past",
            })
    void usageErrorSaysWhatIsAllowed(String command, String why) {
        assertUsageError(command, why);
    }

    /** The mistake would remove the records of all accounts instead of those of one. */
    @ParameterizedTest
    @CsvSource({"--account tom", "--until 30d", "--refused", "--repo a/b"})
    void pruneRefusesFilters(String filter) {
        assertUsageError("audit log " + filter + " prune", "cannot be combined with verify or prune");
    }

    private static void assertUsageError(String command, String why) {
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
