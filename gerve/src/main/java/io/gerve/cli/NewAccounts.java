package io.gerve.cli;

import io.gerve.keylookup.key.Account;
import io.gerve.keylookup.key.Login;
import io.gerve.registry.AccountSummary;
import java.util.Optional;
import java.util.function.Consumer;

/** Makes accounts, each with a route. */
final class NewAccounts {
    private final Site site;
    private final Consumer<String> notes;

    NewAccounts(Site site, Consumer<String> notes) {
        this.site = site;
        this.notes = notes;
    }

    /** @param server where its repositories will be; if empty, the one with the fewest owners */
    AccountSummary create(Login login, Account.Kind kind, Optional<String> server) throws Exception {
        Optional<String> chosen = server.isPresent() ? server : site.routes().serverForNewOwner();
        site.accounts().create(login, kind);
        if (chosen.isPresent()) {
            site.heard(site.routes().route(login, chosen.get()));
        } else {
            notes.accept("No file server has a host yet, so " + login
                    + " can have no repository. When there is one: gerve route set " + login + " SERVER");
        }
        return site.accounts().show(login);
    }
}
