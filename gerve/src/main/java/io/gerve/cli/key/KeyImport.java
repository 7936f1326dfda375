package io.gerve.cli.key;

import io.gerve.admin.ChangeRefused;
import io.gerve.admin.DependencyUnavailable;
import io.gerve.cli.AccountCreation;
import io.gerve.cli.SiteConnection;
import io.gerve.cli.option.Expiry;
import io.gerve.config.InvalidConfig;
import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.directory.Principal;
import io.gerve.keylookup.key.InvalidKey;
import io.gerve.keylookup.key.KeyLine;
import io.gerve.keylookup.store.NewKey;
import io.gerve.lookup.LookupUnavailable;
import java.util.Optional;

/** Import of keys, line by line. A refused line does not stop the others. A second run adds what is missing. */
final class KeyImport {
    private final SiteConnection site;
    private final KeyPolicyCheck keys;
    private final AccountCreation newAccounts;
    private final LoginMap logins;
    private final boolean createAccounts;
    private final boolean dryRun;

    /**
     * @param logins the logins of users whose names differ
     * @param dryRun report what would be done, and change nothing
     */
    KeyImport(SiteConnection site, AccountCreation newAccounts, LoginMap logins, boolean createAccounts, boolean dryRun)
            throws InvalidConfig {
        this.logins = logins;
        this.site = site;
        this.keys = site.checkedKeys();
        this.newAccounts = newAccounts;
        this.createAccounts = createAccounts;
        this.dryRun = dryRun;
    }

    ImportResult importLine(KeyImportLine source) throws Exception {
        String login = "";
        String fingerprint = "";
        try {
            var line = source.key();
            fingerprint = line.key().fingerprint().text();
            var owner = source.login(logins);
            login = owner.text();
            var lost = source.droppedOptions();
            if (lost.isPresent()) {
                throw new ChangeRefused(lost.get());
            }
            keys.check(line.key());
            return importLine(source, line, owner);
        } catch (InvalidKey | ChangeRefused e) {
            return new ImportResult(
                    source.location(), login, fingerprint, ImportResult.Status.REFUSED, String.valueOf(e.getMessage()));
        }
    }

    private ImportResult importLine(KeyImportLine source, KeyLine line, Login owner) throws Exception {
        String fingerprint = line.key().fingerprint().text();
        if (isThere(line, owner)) {
            return new ImportResult(
                    source.location(), owner.text(), fingerprint, ImportResult.Status.ALREADY_THERE, "");
        }
        String note = ensureAccount(owner);
        if (!dryRun) {
            String title = line.comment().isEmpty() ? source.location() : line.comment();
            site.keys()
                    .add(new NewKey(
                            line.key(), title, Expiry.NEVER.at(), site.keys().account(owner)));
        }
        return new ImportResult(source.location(), owner.text(), fingerprint, ImportResult.Status.ADDED, note);
    }

    private boolean isThere(KeyLine line, Login owner) throws ChangeRefused, LookupUnavailable {
        var known = site.keys().find(line.key().fingerprint());
        if (known.isEmpty()) {
            return false;
        }
        if (known.get().registered().principal() instanceof Principal.OfAccount(Account account)
                && account.login().equals(owner)) {
            return true;
        }
        throw new ChangeRefused("That key is in use. A key belongs to one account only.");
    }

    private String ensureAccount(Login owner) throws Exception {
        if (isKnown(owner)) {
            return "";
        }
        if (!createAccounts) {
            throw new ChangeRefused("There is no account " + owner + ". Give --create-accounts to create it.");
        }
        if (!dryRun) {
            newAccounts.create(owner, Account.Kind.USER, Optional.empty());
        }
        return "account created";
    }

    private boolean isKnown(Login owner) throws ChangeRefused, DependencyUnavailable {
        return site.accounts().find(owner).isPresent();
    }
}
