package io.gerve.cli.key;

import io.gerve.admin.ChangeRefused;
import io.gerve.admin.OperatorMessage;
import io.gerve.cli.CommandGroup;
import io.gerve.cli.ExitStatus;
import io.gerve.cli.KeyAdministration;
import io.gerve.cli.option.Expiry;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.DeployKeyAccess;
import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.directory.RegisteredKeyDetails;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.InvalidKey;
import io.gerve.keylookup.key.KeyLine;
import io.gerve.keylookup.store.NewKey;
import io.gerve.lookup.LookupUnavailable;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gerve key}. */
@Command(
        name = "key",
        header = "SSH keys of accounts, and deploy keys of repositories.",
        description = {
            "",
            "A key belongs to one account, or is a deploy key that opens repositories and nothing else. KEY is its SHA-256 fingerprint, as"
                    + " ssh-keygen -lf prints it, its id, the public key itself as it was pasted, a file with any of these, or - for standard"
                    + " input.",
            "",
            "  gerve key add id_ed25519.pub --account mojombo",
            "  gerve key add ci.pub --repo mojombo/bert --read-write --expires 90d",
            "  gerve key list --account mojombo",
            "  gerve key list --type rsa --bits-below 3072 --unused-for 365d",
            "  gerve key find ssh-ed25519 AAAA…",
            "  gerve key revoke SHA256:… --reason 'Laptop lost'",
            "  gerve key revoke --account tom --reason 'Left in May'",
            "  gerve key revoke --list leaked.txt --reason 'Published by mistake' --dry-run",
        })
public final class KeyCommand extends CommandGroup {
    private static final int PAGE = 500;

    /** Whose key. */
    static final class Owner {
        @Option(names = "--account", paramLabel = "LOGIN", description = "A person's key.")
        private Optional<Login> account = Optional.empty();

        @Option(
                names = "--repo",
                paramLabel = "REPO",
                description = "A deploy key of owner/name; may be given more than once.")
        private List<RepositoryName> repositories = List.of();
    }

    @Command(header = "Register a key.")
    int add(
            @Parameters(paramLabel = "FILE", description = "With one public key; - for standard input.") Path file,
            @ArgGroup(multiplicity = "1") Owner holder,
            @Option(names = "--read-write", description = "Lets a deploy key push.") boolean readWrite,
            @Option(names = "--title", paramLabel = "TEXT", description = "Instead of the key's comment.")
                    Optional<String> title,
            @Option(names = "--expires", paramLabel = "WHEN", description = "In 90d, or on 2030-01-31.")
                    Optional<Expiry> expires)
            throws Exception {
        if (readWrite && holder.account.isPresent()) {
            throw usage("--read-write is for deploy keys: an account's key may do what the account may.");
        }
        var line = line(file);
        String name = title.orElse(line.comment().isEmpty() ? "(untitled)" : line.comment());
        try (var site = gerve().open()) {
            var keys = site.keys();
            var owner = holder.account.isPresent()
                    ? keys.account(holder.account.get())
                    : keys.deploy(
                            holder.repositories, readWrite ? DeployKeyAccess.READ_WRITE : DeployKeyAccess.READ_ONLY);
            gerve().printOne(KeyAdministration.KEYS, site.checkedKeys().add(newKey(line, name, expires, owner)));
        }
        return ExitStatus.DONE;
    }

    @Command(header = "List keys: of an account, of a repository, or all.")
    int list(
            @ArgGroup(multiplicity = "0..1") @Nullable Owner holder,
            @Mixin KeyFilter filter,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "1000",
                            description = "At most so many.",
                            showDefaultValue = Visibility.ALWAYS)
                    int limit)
            throws Exception {
        try (var site = gerve().open()) {
            var keys = site.keys();
            List<RegisteredKeyDetails> found = new ArrayList<>();
            boolean isAll = holder == null
                    ? collect(keys, filter, limit, found)
                    : collect(of(keys, holder), filter, limit, found);
            gerve().print(KeyAdministration.KEYS, found);
            if (!isAll) {
                gerve().note("There are more: give a filter, or another --limit.");
            }
        }
        return ExitStatus.DONE;
    }

    private List<RegisteredKeyDetails> of(KeyAdministration keys, Owner holder) throws Exception {
        if (holder.account.isPresent()) {
            return keys.ofAccount(holder.account.get());
        }
        if (holder.repositories.size() != 1) {
            throw usage("Name one repository.");
        }
        return keys.ofRepository(holder.repositories.getFirst());
    }

    /** @return whether that were all */
    private boolean collect(KeyAdministration keys, KeyFilter filter, int limit, List<RegisteredKeyDetails> found)
            throws LookupUnavailable {
        long last = 0;
        long looked = 0;
        List<RegisteredKeyDetails> page;
        do {
            page = keys.after(last, PAGE);
            if (!collect(page, filter, limit, found)) {
                return false;
            }
            last = page.isEmpty() ? last : page.getLast().registered().id();
            looked += page.size();
            gerve().progress().at(looked);
        } while (page.size() == PAGE);
        return true;
    }

    private static boolean collect(
            List<RegisteredKeyDetails> page, KeyFilter filter, int limit, List<RegisteredKeyDetails> found) {
        Instant now = Instant.now();
        for (RegisteredKeyDetails key : page) {
            if (filter.takes(key, now)) {
                if (found.size() == limit) {
                    return false;
                }
                found.add(key);
            }
        }
        return true;
    }

    @Command(
            aliases = "show",
            header = "Find a key: whose it is, and whether it works.",
            description = {"", "The exit status is 1 if one of them is nobody's; the others are printed all the same."})
    int find(
            @Parameters(paramLabel = "KEY", arity = "1..*", description = "Fingerprint, id, public key, file or -.")
                    List<String> words)
            throws Exception {
        List<KeySelector> names = KeySelector.ofWords(words);
        List<RegisteredKeyDetails> found = new ArrayList<>();
        try (var site = gerve().open()) {
            if (names.size() == 1) {
                gerve().printOne(KeyAdministration.KEYS, site.keys().named(names.getFirst()));
                return ExitStatus.DONE;
            }
            for (KeySelector name : names) {
                try {
                    found.add(site.keys().named(name));
                } catch (ChangeRefused e) {
                    gerve().note(String.valueOf(e.getMessage()));
                }
            }
        }
        gerve().print(KeyAdministration.KEYS, found);
        return found.size() == names.size() ? ExitStatus.DONE : ExitStatus.REFUSED;
    }

    @Command(
            header = "List keys that break the site's policy, as it stands now.",
            description = {
                "",
                "What becomes of them at login says keylookup.registered_weak_keys; compromised ones are always refused."
            })
    int check() throws Exception {
        try (var site = gerve().open()) {
            gerve().print(KeyPolicyCheck.FINDINGS, site.checkedKeys().issues(gerve().progress()::at));
        }
        return ExitStatus.DONE;
    }

    /** Which keys. */
    static final class KeysToRevoke {
        @Parameters(paramLabel = "KEY", arity = "1..*", description = "Fingerprint, id, public key, file or -.")
        private List<String> names = List.of();

        @Option(names = "--account", paramLabel = "LOGIN", description = "All keys of an account.")
        private Optional<Login> account = Optional.empty();

        @Option(
                names = "--list",
                paramLabel = "FILE",
                description =
                        "All registered keys on a list of fingerprints or public keys, one a line; - for standard input.")
        private Optional<Path> list = Optional.empty();
    }

    @Command(
            header = "Make keys useless for ever. Who tries one is told the reason.",
            description = {
                "",
                "Running sessions with them end, and every gate refuses them at once. It prints what became of each key. The exit status is 0 if"
                        + " every key that was meant is revoked now, 1 if a KEY is nobody's (then nothing is revoked) or a line of the list"
                        + " could not be read (then the others are). Keys on a list that nobody has are passed over. It may be run"
                        + " again: a key that is revoked already keeps its first reason.",
            })
    int revoke(
            @ArgGroup(multiplicity = "1") KeysToRevoke condemned,
            @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Their owners read it.")
                    OperatorMessage reason,
            @Option(names = "--dry-run", description = "Say what would be done, and do nothing.") boolean dryRun)
            throws Exception {
        try (var site = gerve().open()) {
            var keys = site.keys();
            var revocation = new KeyRevocation(keys, reason, dryRun);
            List<RegisteredKeyDetails> found = found(keys, condemned, revocation);
            try {
                for (RegisteredKeyDetails key : found) {
                    revocation.revoke(key);
                }
            } finally {
                gerve().print(KeyRevocation.REPORT, revocation.report());
                gerve().note(revocation.summary());
            }
            return revocation.status();
        }
    }

    private static List<RegisteredKeyDetails> found(
            KeyAdministration keys, KeysToRevoke condemned, KeyRevocation revocation) throws Exception {
        if (condemned.account.isPresent()) {
            return keys.ofAccount(condemned.account.get());
        }
        if (condemned.list.isPresent()) {
            return onList(keys, condemned.list.get(), revocation);
        }
        List<RegisteredKeyDetails> named = new ArrayList<>();
        for (KeySelector name : KeySelector.ofWords(condemned.names)) {
            named.add(keys.named(name));
        }
        return named;
    }

    private static List<RegisteredKeyDetails> onList(KeyAdministration keys, Path file, KeyRevocation revocation)
            throws Exception {
        Set<Fingerprint> fingerprints = new LinkedHashSet<>();
        for (KeySelector.Line line : KeySelector.ofFile(file)) {
            line.fingerprint().ifPresentOrElse(fingerprints::add, () -> revocation.unreadable(line));
        }
        return keys.among(fingerprints);
    }

    @Command(header = "Forget a key. It cannot be registered again for 90 days.")
    int delete(@Parameters(paramLabel = "FINGERPRINT", description = "SHA256:…") Fingerprint fingerprint)
            throws Exception {
        try (var site = gerve().open()) {
            site.keys().delete(fingerprint);
        }
        return done(fingerprint + " is deleted.");
    }

    private static KeyLine line(Path file) throws ChangeRefused {
        try {
            return KeyLine.parse(KeyFile.text(file));
        } catch (InvalidKey e) {
            throw new ChangeRefused(e.getMessage() + " (" + file + ")");
        }
    }

    private static NewKey newKey(KeyLine line, String title, Optional<Expiry> expires, NewKey.Owner holder)
            throws ChangeRefused {
        try {
            return new NewKey(line.key(), title, expires.orElse(Expiry.NEVER).at(), holder);
        } catch (IllegalArgumentException e) {
            throw new ChangeRefused("Not added: " + e.getMessage() + ".");
        }
    }
}
