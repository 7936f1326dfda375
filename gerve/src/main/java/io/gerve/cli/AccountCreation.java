package io.gerve.cli;

import io.gerve.admin.AccountSummary;
import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.Login;
import java.util.Optional;
import java.util.function.Consumer;

/** Creation of accounts, each with a route. */
public final class AccountCreation {
    private final SiteConnection site;
    private final Consumer<String> notes;

    public AccountCreation(SiteConnection site, Consumer<String> notes) {
        this.site = site;
        this.notes = notes;
    }

    /** @param server the file server for the account's repositories; if empty, the one that has the fewest owners */
    public AccountSummary create(Login login, Account.Kind kind, Optional<String> server) throws Exception {
        Optional<String> chosen = server.isPresent() ? server : site.routes().serverForNewOwner();
        site.accounts().create(login, kind);
        if (chosen.isPresent()) {
            site.warnUnlessPropagated(site.routes().route(login, chosen.get()));
        } else {
            notes.accept("No file server has a host yet, so " + login
                    + " can have no repository. When there is one: gerve route set " + login + " SERVER");
        }
        return site.accounts().show(login);
    }
}
