package io.gerve.cli;

import io.gerve.admin.AccountDetails;
import io.gerve.admin.AccountSummary;
import io.gerve.admin.OperatorMessage;
import io.gerve.cli.output.Table;
import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.Login;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gerve account}. */
@Command(
        name = "account",
        header = "Users: make, list, suspend.",
        description = {
            "",
            "A login is 1 to 39 letters, digits, hyphens and underscores; spellings that differ in case are one login.",
            "",
            "  gerve account create mojombo",
            "  gerve account suspend mojombo --reason 'Unpaid. Write to billing@example.net'",
        })
final class AccountCommand extends CommandGroup {
    static final Table<AccountDetails> ACCOUNTS = Table.<AccountDetails>rows()
            .column("login", entry -> entry.account().login().text())
            .column("kind", entry -> entry.account().kind())
            .column("standing", entry -> entry.account().status())
            .column("reason", entry -> entry.account().suspendedReason())
            .column("server", AccountDetails::server)
            .column("created", AccountDetails::created);

    static final Table<AccountSummary> ACCOUNT = Table.<AccountSummary>rows()
            .column("login", summary -> summary.entry().account().login().text())
            .column("kind", summary -> summary.entry().account().kind())
            .column("standing", summary -> summary.entry().account().status())
            .column("reason", summary -> summary.entry().account().suspendedReason())
            .column("base_permission", summary -> summary.entry().basePermission())
            .column("server", summary -> summary.entry().server())
            .column("keys", AccountSummary::keys)
            .column("repositories", AccountSummary::repositories)
            .column("created", summary -> summary.entry().created());

    @Command(
            header =
                    "Make a user, whose repositories will be on the given server or on the one with the fewest owners.")
    int create(
            @Parameters(paramLabel = "LOGIN", description = "The new user.") Login login,
            @Option(names = "--server", paramLabel = "SERVER", description = "The file server for its repositories.")
                    Optional<String> server)
            throws Exception {
        try (var site = gerve().open()) {
            gerve().printOne(
                            ACCOUNT, new AccountCreation(site, gerve()::note).create(login, Account.Kind.USER, server));
        }
        return ExitStatus.DONE;
    }

    @Command(header = "List all users.")
    int list() throws Exception {
        try (var site = gerve().open()) {
            gerve().print(ACCOUNTS, site.accounts().list(Account.Kind.USER));
        }
        return ExitStatus.DONE;
    }

    @Command(header = "Show an account, of a user or an organization.")
    int show(@Parameters(paramLabel = "LOGIN", description = "Whose.") Login login) throws Exception {
        try (var site = gerve().open()) {
            gerve().printOne(ACCOUNT, site.accounts().show(login));
        }
        return ExitStatus.DONE;
    }

    @Command(header = "Refuse everything to an account, until it is unsuspended. Its repositories stay for others.")
    int suspend(
            @Parameters(paramLabel = "LOGIN", description = "Whom.") Login login,
            @Option(
                            names = "--reason",
                            required = true,
                            paramLabel = "TEXT",
                            description = "Why; whoever logs in as that account reads it.")
                    OperatorMessage reason)
            throws Exception {
        try (var site = gerve().open()) {
            site.accounts().suspend(login, reason);
        }
        return done(login + " is suspended.");
    }

    @Command(header = "Let a suspended account in again.")
    int unsuspend(@Parameters(paramLabel = "LOGIN", description = "Whom.") Login login) throws Exception {
        try (var site = gerve().open()) {
            site.accounts().unsuspend(login);
        }
        return done(login + " is active again.");
    }
}
