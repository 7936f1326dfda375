package io.gerve.cli.key;

import io.gerve.admin.ChangeRefused;
import io.gerve.cli.AccountCreation;
import io.gerve.cli.CommandGroup;
import io.gerve.cli.ExitStatus;
import io.gerve.cli.output.Table;
import io.gerve.keylookup.directory.Login;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gerve import}. */
@Command(
        name = "import",
        header = "Take over the keys of a gate that was there before.",
        description = {
            "",
            "Each line is reported: added, already there, or refused and why. It may be run again: what is there stays. The exit status is"
                    + " 1 if a line was refused; the others are taken all the same.",
            "",
            "  gerve import gitolite gitolite-admin/keydir --create-accounts --dry-run",
            "  gerve import authorized-keys ~git/.ssh/authorized_keys --create-accounts",
        })
public final class ImportCommand extends CommandGroup {
    private static final Table<ImportResult> REPORT = Table.<ImportResult>rows()
            .column("place", ImportResult::place)
            .column("login", ImportResult::login)
            .column("fingerprint", ImportResult::fingerprint)
            .column("result", ImportResult::result)
            .column("note", ImportResult::note);

    /** What both ways have. */
    static final class Manner {
        @Option(names = "--create-accounts", description = "Make the users that are missing.")
        private boolean createAccounts;

        @Option(names = "--dry-run", description = "Say what would be done, and do nothing.")
        private boolean dryRun;
    }

    @Command(
            name = "authorized-keys",
            header = "The keys of an authorized_keys file.",
            description = {
                "",
                "Whose key a line holds is said by --account; or else by the forced command, if gitolite or gitosis wrote the line; or"
                        + " else by the comment, up to its @.",
            })
    int authorizedKeys(
            @Parameters(paramLabel = "FILE", description = "The file; - for standard input.") Path file,
            @Option(names = "--account", paramLabel = "LOGIN", description = "Whose keys they all are.")
                    Optional<Login> account,
            @Mixin Manner manner)
            throws Exception {
        List<KeyImportLine> sources = new ArrayList<>();
        for (String line : KeyFile.text(file).lines().toList()) {
            sources.add(
                    new KeyImportLine(file.getFileName() + ":" + (sources.size() + 1), line, account.map(Login::text)));
        }
        return take(sources, manner);
    }

    @Command(
            header = "The keys of a gitolite keydir.",
            description = {
                "",
                "NAME.pub and NAME@HOST.pub, in any folder below DIR, hold keys of NAME.",
            })
    int gitolite(
            @Parameters(paramLabel = "DIR", description = "The folder keydir of gitolite-admin.") Path directory,
            @Mixin Manner manner)
            throws Exception {
        List<KeyImportLine> sources = new ArrayList<>();
        for (Path file : publicKeyFiles(directory)) {
            String name =
                    file.getFileName().toString().replaceFirst("\\.pub$", "").replaceFirst("@[^.]+$", "");
            String place = directory.relativize(file).toString();
            sources.add(new KeyImportLine(place, KeyFile.text(file).strip(), Optional.of(name)));
        }
        return take(sources, manner);
    }

    private int take(List<KeyImportLine> sources, Manner manner) throws Exception {
        List<ImportResult> report = new ArrayList<>();
        try (var site = gerve().open()) {
            var accounts = new AccountCreation(site, gerve()::note);
            var keys = new KeyImport(site, accounts, manner.createAccounts, manner.dryRun);
            for (var source : sources) {
                if (!source.isBlank()) {
                    report.add(keys.take(source));
                    gerve().progress().at(report.size());
                }
            }
        } finally {
            gerve().print(REPORT, report);
        }
        long refused = count(report, ImportResult.Status.REFUSED);
        gerve().note((manner.dryRun ? "Would be: " : "")
                + count(report, ImportResult.Status.ADDED) + " added, "
                + count(report, ImportResult.Status.ALREADY_THERE) + " already there, "
                + refused + " refused.");
        return refused == 0 ? ExitStatus.DONE : ExitStatus.REFUSED;
    }

    private static long count(List<ImportResult> report, ImportResult.Status result) {
        return report.stream().filter(line -> line.result() == result).count();
    }

    private static List<Path> publicKeyFiles(Path directory) throws ChangeRefused {
        try (var files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(".pub") && Files.isRegularFile(file))
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new ChangeRefused("Cannot read the folder " + directory + ": " + e.getMessage());
        }
    }
}
