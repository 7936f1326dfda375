package io.gerve.cli.key;

import io.gerve.admin.ChangeRefused;
import io.gerve.cli.AccountCreation;
import io.gerve.cli.CommandGroup;
import io.gerve.cli.output.Table;
import io.gerve.keylookup.directory.Login;
import io.gerve.program.ExitStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/** {@code gerve import}. */
@Command(
        name = "import",
        header = "Import keys from gitolite or an authorized_keys file.",
        description = {
            "",
            "Prints for each line whether its key was added, was already there, or was refused and why. A refused"
                    + " line does not stop the"
                    + " others. It can be run again: keys that are there stay.",
            "",
            "  gerve import gitolite gitolite-admin/keydir --create-accounts --dry-run",
            "  gerve import gitolite gitolite-admin/keydir --logins users.txt    # a line: alice@example.com alice",
            "  gerve import authorized-keys ~git/.ssh/authorized_keys --create-accounts",
        },
        scope = ScopeType.INHERIT,
        exitCodeList = {
            "0:Every key was added or was already there.",
            "1:A line was refused: see the rows.",
            ExitStatus.USAGE_HELP,
            ExitStatus.UNAVAILABLE_HELP,
            ExitStatus.TRY_AGAIN_HELP,
            ExitStatus.CONFIG_HELP
        })
public final class ImportCommand extends CommandGroup {
    private static final Table<ImportResult> REPORT = Table.<ImportResult>rows()
            .column("location", ImportResult::location)
            .column("login", ImportResult::login)
            .column("fingerprint", ImportResult::fingerprint)
            .column("result", ImportResult::result)
            .column("note", ImportResult::note);

    /** Options of both sources. */
    static final class ImportOptions {
        @Option(names = "--create-accounts", description = "Create the users that are missing.")
        private boolean createAccounts;

        @Option(names = "--dry-run", description = "Print what would be done, and change nothing.")
        private boolean dryRun;

        @Option(
                names = "--logins",
                paramLabel = "FILE",
                description = "A file with a user name and a login on each line, for users whose login differs.")
        private Optional<Path> file = Optional.empty();

        private LoginMap logins() throws ChangeRefused {
            return file.isPresent() ? LoginMap.read(file.get()) : LoginMap.EMPTY;
        }
    }

    @Command(
            name = "authorized-keys",
            header = "Import the keys of an authorized_keys file.",
            description = {
                "",
                "The account of a key is that of --account; without it, the one that the forced command of gitolite"
                        + " or gitosis names;"
                        + " without that, the comment up to its @.",
            })
    int authorizedKeys(
            @Parameters(paramLabel = "FILE", description = "The file, or - for standard input.") Path file,
            @Option(names = "--account", paramLabel = "LOGIN", description = "The account of all keys in the file.")
                    Optional<Login> account,
            @Mixin ImportOptions options)
            throws Exception {
        List<KeyImportLine> sources = new ArrayList<>();
        for (String line : KeyFile.text(file).lines().toList()) {
            sources.add(
                    new KeyImportLine(file.getFileName() + ":" + (sources.size() + 1), line, account.map(Login::text)));
        }
        return importAll(sources, List.of(), options.logins(), options);
    }

    @Command(
            header = "Import the keys of a gitolite keydir.",
            description = {
                "",
                "As gitolite does, takes each file NAME.pub and NAME@DEVICE.pub, in DIR or any folder below it, as a key"
                        + " of the user NAME. The folder and the device say nothing about the user. Of"
                        + " alice@example.com.pub, the user is alice@example.com, which has a dot behind the @.",
                "",
                "A user is the account of that login, unless --logins names another. Two users whose names differ only in"
                        + " case would be one account, so both need a line there.",
            })
    int gitolite(
            @Parameters(paramLabel = "DIR", description = "The directory keydir of gitolite-admin.") Path directory,
            @Mixin ImportOptions options)
            throws Exception {
        return importAll(new GitoliteKeys(directory), options);
    }

    private int importAll(GitoliteKeys keydir, ImportOptions options) throws Exception {
        LoginMap logins = options.logins();
        List<ImportResult> unreadable = new ArrayList<>();
        return importAll(keydir.lines(logins, unreadable), unreadable, logins, options);
    }

    private int importAll(
            List<KeyImportLine> sources, List<ImportResult> unreadable, LoginMap logins, ImportOptions options)
            throws Exception {
        List<ImportResult> report = new ArrayList<>(unreadable);
        try (var site = gerve().open()) {
            var accounts = new AccountCreation(site, gerve()::note);
            var keys = new KeyImport(site, accounts, logins, options.createAccounts, options.dryRun);
            for (var source : sources) {
                if (!source.isBlank()) {
                    report.add(keys.importLine(source));
                    gerve().progress().at(report.size());
                }
            }
        } finally {
            gerve().print(REPORT, report);
        }
        long refused = count(report, ImportResult.Status.REFUSED);
        gerve().note((options.dryRun ? "Would be: " : "")
                + count(report, ImportResult.Status.ADDED) + " added, "
                + count(report, ImportResult.Status.ALREADY_THERE) + " already there, "
                + refused + " refused.");
        return refused == 0 ? ExitStatus.DONE : ExitStatus.REFUSED;
    }

    private static long count(List<ImportResult> report, ImportResult.Status result) {
        return report.stream().filter(line -> line.result() == result).count();
    }
}
