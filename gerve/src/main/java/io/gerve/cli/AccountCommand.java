package io.gerve.cli;

import io.gerve.admin.AccountDetails;
import io.gerve.admin.AccountSummary;
import io.gerve.admin.OperatorMessage;
import io.gerve.cli.output.Table;
import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.Login;
import io.gerve.program.ExitStatus;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gerve account}. */
@Command(
        name = "account",
        header = "Create and list users. Show and suspend users and organizations.",
        description = {
            "",
            "A login is 1 to 39 letters, digits, hyphens, underscores and single dots. Logins that differ only in case are the"
                    + " same.",
            "",
            "  gerve account create mojombo",
            "  gerve account suspend mojombo --reason 'Unpaid. Write to billing@example.net'",
        })
final class AccountCommand extends CommandGroup {
    static final Table<AccountDetails> ACCOUNTS = Table.<AccountDetails>rows()
            .column("login", details -> details.account().login().text())
            .column("kind", details -> details.account().kind())
            .column("status", details -> details.account().status())
            .column("reason", details -> details.account().suspendedReason())
            .column("server", AccountDetails::server)
            .column("created_at", AccountDetails::created);

    static final Table<AccountSummary> ACCOUNT = Table.<AccountSummary>rows()
            .column("login", summary -> summary.details().account().login().text())
            .column("kind", summary -> summary.details().account().kind())
            .column("status", summary -> summary.details().account().status())
            .column("reason", summary -> summary.details().account().suspendedReason())
            .column("base_permission", summary -> summary.details().basePermission())
            .column("server", summary -> summary.details().server())
            .column("keys", AccountSummary::keys)
            .column("repositories", AccountSummary::repositories)
            .column("created_at", summary -> summary.details().created());

    @Command(
            header = "Create a user.",
            description = {"", "Without --server, the user gets the file server that has the fewest owners."})
    int create(
            @Parameters(paramLabel = "LOGIN", description = "Login of the new user.") Login login,
            @Option(
                            names = "--server",
                            paramLabel = "SERVER",
                            description = "The file server that holds the user's repositories.")
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

    @Command(header = "Show a user or an organization.")
    int show(@Parameters(paramLabel = "LOGIN", description = "A user or an organization.") Login login)
            throws Exception {
        try (var site = gerve().open()) {
            gerve().printOne(ACCOUNT, site.accounts().show(login));
        }
        return ExitStatus.DONE;
    }

    @Command(
            header = "Suspend an account: the gate refuses all of its requests.",
            description = {"", "Other accounts keep their access to its repositories. Undo: gerve account unsuspend"})
    int suspend(
            @Parameters(paramLabel = "LOGIN", description = "A user or an organization.") Login login,
            @Option(
                            names = "--reason",
                            required = true,
                            paramLabel = "TEXT",
                            description = "Reason that the git user reads with every refused request.")
                    OperatorMessage reason)
            throws Exception {
        try (var site = gerve().open()) {
            site.accounts().suspend(login, reason);
        }
        return done(login + " is suspended.");
    }

    @Command(header = "Lift the suspension of an account.")
    int unsuspend(@Parameters(paramLabel = "LOGIN", description = "A user or an organization.") Login login)
            throws Exception {
        try (var site = gerve().open()) {
            site.accounts().unsuspend(login);
        }
        return done(login + " is active again.");
    }
}
