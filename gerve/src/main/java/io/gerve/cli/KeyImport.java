package io.gerve.cli;

import io.gerve.keylookup.key.Account;
import io.gerve.keylookup.key.InvalidKey;
import io.gerve.keylookup.key.KeyHolder;
import io.gerve.keylookup.key.KeyLine;
import io.gerve.keylookup.key.Login;
import io.gerve.keylookup.key.NewKey;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.registry.Refused;
import io.gerve.registry.Unreachable;
import java.util.Optional;

/** Takes keys over, line by line. A line that is refused stops no other; running it again adds what is missing. */
final class KeyImport {
    private final Site site;
    private final CheckedKeys keys;
    private final NewAccounts newAccounts;
    private final boolean createAccounts;
    private final boolean dryRun;

    /** @param dryRun only find out what would be done */
    KeyImport(Site site, NewAccounts newAccounts, boolean createAccounts, boolean dryRun) throws Refused {
        this.site = site;
        this.keys = site.checkedKeys();
        this.newAccounts = newAccounts;
        this.createAccounts = createAccounts;
        this.dryRun = dryRun;
    }

    Imported take(KeySource source) throws Exception {
        String login = "";
        String fingerprint = "";
        try {
            var line = source.key();
            fingerprint = line.key().fingerprint().text();
            var owner = source.login();
            login = owner.text();
            var lost = source.lostOptions();
            if (lost.isPresent()) {
                throw new Refused(lost.get());
            }
            keys.check(line.key());
            return take(source, line, owner);
        } catch (InvalidKey | Refused e) {
            return new Imported(
                    source.place(), login, fingerprint, Imported.Result.REFUSED, String.valueOf(e.getMessage()));
        }
    }

    private Imported take(KeySource source, KeyLine line, Login owner) throws Exception {
        String fingerprint = line.key().fingerprint().text();
        if (isThere(line, owner)) {
            return new Imported(source.place(), owner.text(), fingerprint, Imported.Result.ALREADY_THERE, "");
        }
        String note = provide(owner);
        if (!dryRun) {
            String title = line.comment().isEmpty() ? source.place() : line.comment();
            site.keys()
                    .add(new NewKey(
                            line.key(), title, Expiry.NEVER.at(), site.keys().account(owner)));
        }
        return new Imported(source.place(), owner.text(), fingerprint, Imported.Result.ADDED, note);
    }

    private boolean isThere(KeyLine line, Login owner) throws Refused, LookupUnavailable {
        var known = site.keys().find(line.key().fingerprint());
        if (known.isEmpty()) {
            return false;
        }
        if (known.get().known().holder() instanceof KeyHolder.OfAccount(Account account)
                && account.login().equals(owner)) {
            return true;
        }
        throw new Refused("That key is in use elsewhere, and a key belongs to one account only.");
    }

    private String provide(Login owner) throws Exception {
        if (isKnown(owner)) {
            return "";
        }
        if (!createAccounts) {
            throw new Refused("There is no account " + owner + ". Give --create-accounts to make it.");
        }
        if (!dryRun) {
            newAccounts.create(owner, Account.Kind.USER, Optional.empty());
        }
        return "account made";
    }

    private boolean isKnown(Login owner) throws Refused, Unreachable {
        return site.accounts().find(owner).isPresent();
    }
}
