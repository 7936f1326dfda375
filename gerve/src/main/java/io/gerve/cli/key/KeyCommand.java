package io.gerve.cli.key;

import io.gerve.admin.ChangeRefused;
import io.gerve.admin.OperatorMessage;
import io.gerve.cli.CommandGroup;
import io.gerve.cli.KeyAdministration;
import io.gerve.cli.option.Expiry;
import io.gerve.cli.option.RowLimit;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.DeployKeyAccess;
import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.directory.RegisteredKeyDetails;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.InvalidKey;
import io.gerve.keylookup.key.KeyLine;
import io.gerve.keylookup.store.NewKey;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.program.ExitStatus;
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
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gerve key}. */
@Command(
        name = "key",
        header = "Manage SSH keys of accounts, and deploy keys of repositories.",
        description = {
            "",
            "A key belongs to one account, or is a deploy key with access to repositories. KEY is its SHA-256"
                    + " fingerprint, as ssh-keygen -lf"
                    + " prints it; its id; the public key itself; a file with any of these; or - for standard input.",
            "",
            "  gerve key add id_ed25519.pub --account mojombo",
            "  gerve key add ci.pub --repo mojombo/bert --read-write --expires 90d",
            "  gerve key list --account mojombo",
            "  gerve key list --type rsa --bits-below 3072 --unused-for 365d",
            "  gerve key show ssh-ed25519 AAAA…",
            "  gerve key revoke SHA256:… --reason 'Laptop lost'",
            "  gerve key revoke --account tom --reason 'Left in May'",
            "  gerve key revoke --list leaked.txt --reason 'Published by mistake' --dry-run",
        })
public final class KeyCommand extends CommandGroup {
    private static final int PAGE = 500;
    private static final long ROWS = 1000;

    /** Owner of a key: an account, or the repositories of a deploy key. */
    static final class Owner {
        @Option(names = "--account", paramLabel = "LOGIN", description = "The account that the key belongs to.")
        private Optional<Login> account = Optional.empty();

        @Option(
                names = "--repo",
                paramLabel = "REPO",
                description = "The repository of a deploy key. May be given more than once.")
        private List<RepositoryName> repositories = List.of();
    }

    @Command(header = "Register a key.")
    int add(
            @Parameters(paramLabel = "FILE", description = "A file with one public key, or - for standard input.")
                    Path file,
            @ArgGroup(multiplicity = "1") Owner owner,
            @Option(names = "--read-write", description = "The deploy key can push.") boolean readWrite,
            @Option(names = "--title", paramLabel = "TEXT", description = "The title. Default: the comment of the key.")
                    Optional<String> title,
            @Option(
                            names = "--expires",
                            paramLabel = "WHEN",
                            description = "In 90d, or on 2030-01-31. At most 100 years ahead.")
                    Optional<Expiry> expires)
            throws Exception {
        if (readWrite && owner.account.isPresent()) {
            throw usage("--read-write is for deploy keys. An account's key has the permissions of the account.");
        }
        var line = line(file);
        String name = title.orElse(line.comment().isEmpty() ? "(untitled)" : line.comment());
        try (var site = gerve().open()) {
            var keys = site.keys();
            var keyOwner = owner.account.isPresent()
                    ? keys.account(owner.account.get())
                    : keys.deploy(
                            owner.repositories, readWrite ? DeployKeyAccess.READ_WRITE : DeployKeyAccess.READ_ONLY);
            gerve().printOne(KeyAdministration.KEYS, site.checkedKeys().add(newKey(line, name, expires, keyOwner)));
        }
        return ExitStatus.DONE;
    }

    @Command(
            header = "List keys: of an account, of a repository, or all.",
            description = {
                "",
                "Prints the first 1000 keys that match, unless --limit or --all is given.",
                "",
                "  gerve key list --type rsa --bits-below 3072 --all"
            })
    int list(
            @ArgGroup(multiplicity = "0..1") @Nullable Owner owner,
            @Mixin KeyFilter filter,
            @ArgGroup(multiplicity = "0..1") @Nullable RowLimit rows)
            throws Exception {
        long rowsMax = rows == null ? ROWS : rows.rowsMax(ROWS);
        try (var site = gerve().open()) {
            var keys = site.keys();
            List<RegisteredKeyDetails> found = new ArrayList<>();
            boolean isComplete = owner == null
                    ? collect(keys, filter, rowsMax, found)
                    : collect(keysOf(keys, owner), filter, rowsMax, found);
            gerve().print(KeyAdministration.KEYS, found);
            if (!isComplete) {
                gerve().note("There are more. Give a filter, a higher --limit, or --all.");
            }
        }
        return ExitStatus.DONE;
    }

    private List<RegisteredKeyDetails> keysOf(KeyAdministration keys, Owner owner) throws Exception {
        if (owner.account.isPresent()) {
            return keys.ofAccount(owner.account.get());
        }
        if (owner.repositories.size() != 1) {
            throw usage("Give one --repo.");
        }
        return keys.ofRepository(owner.repositories.getFirst());
    }

    /** @return false if there are more than {@code rowsMax} */
    private boolean collect(KeyAdministration keys, KeyFilter filter, long rowsMax, List<RegisteredKeyDetails> found)
            throws LookupUnavailable {
        long last = 0;
        long examined = 0;
        List<RegisteredKeyDetails> page;
        do {
            page = keys.after(last, PAGE);
            if (!collect(page, filter, rowsMax, found)) {
                return false;
            }
            last = page.isEmpty() ? last : page.getLast().registered().id();
            examined += page.size();
            gerve().progress().at(examined);
        } while (page.size() == PAGE);
        return true;
    }

    private static boolean collect(
            List<RegisteredKeyDetails> page, KeyFilter filter, long rowsMax, List<RegisteredKeyDetails> found) {
        Instant now = Instant.now();
        for (RegisteredKeyDetails key : page) {
            if (filter.matches(key, now)) {
                if (found.size() == rowsMax) {
                    return false;
                }
                found.add(key);
            }
        }
        return true;
    }

    @Command(
            header = "Show keys: their owners, and whether they are valid.",
            description = {
                "",
                "If one of several keys is not registered, the others are printed, and the exit status is 1."
            })
    int show(
            @Parameters(paramLabel = "KEY", arity = "1..*", description = "Fingerprint, id, public key, file or -.")
                    List<String> keys)
            throws Exception {
        List<KeySelector> selectors = KeySelector.ofWords(keys);
        List<RegisteredKeyDetails> found = new ArrayList<>();
        try (var site = gerve().open()) {
            if (selectors.size() == 1) {
                gerve().printOne(KeyAdministration.KEYS, site.keys().named(selectors.getFirst()));
                return ExitStatus.DONE;
            }
            for (KeySelector selector : selectors) {
                try {
                    found.add(site.keys().named(selector));
                } catch (ChangeRefused e) {
                    gerve().note(String.valueOf(e.getMessage()));
                }
            }
        }
        gerve().print(KeyAdministration.KEYS, found);
        return found.size() == selectors.size() ? ExitStatus.DONE : ExitStatus.REFUSED;
    }

    @Command(
            header = "Check all registered keys against the key policy of the configuration.",
            description = {
                "",
                "keylookup.registered_weak_keys says what the gate does with weak keys. It always refuses compromised"
                        + " keys."
            },
            exitCodeList = {
                "0:No issues.",
                "1:Issues found: see the rows.",
                ExitStatus.USAGE_HELP,
                ExitStatus.UNAVAILABLE_HELP,
                ExitStatus.TRY_AGAIN_HELP,
                ExitStatus.CONFIG_HELP
            })
    int check() throws Exception {
        try (var site = gerve().open()) {
            var issues = site.checkedKeys().issues(gerve().progress()::at);
            gerve().print(KeyPolicyCheck.ISSUES, issues);
            return issues.isEmpty() ? ExitStatus.DONE : ExitStatus.REFUSED;
        }
    }

    /** Selection of the keys to revoke. */
    static final class KeysToRevoke {
        @Parameters(paramLabel = "KEY", arity = "1..*", description = "Fingerprint, id, public key, file or -.")
        private List<String> names = List.of();

        @Option(names = "--account", paramLabel = "LOGIN", description = "All keys of an account.")
        private Optional<Login> account = Optional.empty();

        @Option(
                names = "--list",
                paramLabel = "FILE",
                description = "All registered keys of a file with one fingerprint or public key on each line, or - for"
                        + " standard input.")
        private Optional<Path> list = Optional.empty();
    }

    @Command(
            header = "Revoke keys for ever. The gate tells a user of the key the reason.",
            description = {
                "",
                "Every gate refuses the keys and ends running sessions with them at once. Prints the result for each"
                        + " key. If a KEY is not"
                        + " registered, nothing is revoked. Keys in a list that are not registered are skipped. A key"
                        + " that is revoked"
                        + " already keeps its first reason.",
            },
            exitCodeList = {
                "0:Every selected key is revoked.",
                "1:A KEY is not registered, and nothing was revoked; or a line of the list is invalid, and the others"
                        + " were.",
                ExitStatus.USAGE_HELP,
                ExitStatus.UNAVAILABLE_HELP,
                ExitStatus.TRY_AGAIN_HELP,
                ExitStatus.CONFIG_HELP
            })
    int revoke(
            @ArgGroup(multiplicity = "1") KeysToRevoke selection,
            @Option(
                            names = "--reason",
                            paramLabel = "TEXT",
                            required = true,
                            description = "Reason that the git user reads with every refused request.")
                    OperatorMessage reason,
            @Option(names = "--dry-run", description = "Print what would be done, and change nothing.") boolean dryRun)
            throws Exception {
        try (var site = gerve().open()) {
            var keys = site.keys();
            var revocation = new KeyRevocation(keys, reason, dryRun);
            List<RegisteredKeyDetails> found = select(keys, selection, revocation);
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

    private static List<RegisteredKeyDetails> select(
            KeyAdministration keys, KeysToRevoke selection, KeyRevocation revocation) throws Exception {
        if (selection.account.isPresent()) {
            return keys.ofAccount(selection.account.get());
        }
        if (selection.list.isPresent()) {
            return onList(keys, selection.list.get(), revocation);
        }
        List<RegisteredKeyDetails> named = new ArrayList<>();
        for (KeySelector name : KeySelector.ofWords(selection.names)) {
            named.add(keys.named(name));
        }
        return named;
    }

    private static List<RegisteredKeyDetails> onList(KeyAdministration keys, Path file, KeyRevocation revocation)
            throws Exception {
        Set<Fingerprint> fingerprints = new LinkedHashSet<>();
        for (KeySelector.Line line : KeySelector.ofFile(file)) {
            line.fingerprint().ifPresentOrElse(fingerprints::add, () -> revocation.addInvalidLine(line));
        }
        return keys.among(fingerprints);
    }

    @Command(header = "Delete a key. For 90 days, only its owner can register it again.")
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

    private static NewKey newKey(KeyLine line, String title, Optional<Expiry> expires, NewKey.Owner owner)
            throws ChangeRefused {
        try {
            return new NewKey(line.key(), title, expires.orElse(Expiry.NEVER).at(), owner);
        } catch (IllegalArgumentException e) {
            throw new ChangeRefused("Not added: " + e.getMessage() + ".");
        }
    }
}
