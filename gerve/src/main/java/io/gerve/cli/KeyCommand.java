package io.gerve.cli;

import io.gerve.git.RepositoryName;
import io.gerve.keylookup.key.DeployAccess;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.InvalidKey;
import io.gerve.keylookup.key.KeyLine;
import io.gerve.keylookup.key.Login;
import io.gerve.keylookup.key.NewKey;
import io.gerve.keylookup.key.RegisteredKey;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.registry.Refused;
import io.gerve.registry.Words;
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
final class KeyCommand extends CommandGroup {
    private static final int PAGE = 500;

    /** Whose key. */
    static final class Holder {
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
            @ArgGroup(multiplicity = "1") Holder holder,
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
                    : keys.deploy(holder.repositories, readWrite ? DeployAccess.READ_WRITE : DeployAccess.READ_ONLY);
            gerve().printOne(Keys.KEYS, site.checkedKeys().add(newKey(line, name, expires, owner)));
        }
        return ExitStatus.DONE;
    }

    @Command(header = "List keys: of an account, of a repository, or all.")
    int list(
            @ArgGroup(multiplicity = "0..1") @Nullable Holder holder,
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
            List<RegisteredKey> found = new ArrayList<>();
            boolean isAll = holder == null
                    ? collect(keys, filter, limit, found)
                    : collect(of(keys, holder), filter, limit, found);
            gerve().print(Keys.KEYS, found);
            if (!isAll) {
                gerve().note("There are more: give a filter, or another --limit.");
            }
        }
        return ExitStatus.DONE;
    }

    private List<RegisteredKey> of(Keys keys, Holder holder) throws Exception {
        if (holder.account.isPresent()) {
            return keys.ofAccount(holder.account.get());
        }
        if (holder.repositories.size() != 1) {
            throw usage("Name one repository.");
        }
        return keys.ofRepository(holder.repositories.getFirst());
    }

    /** @return whether that were all */
    private boolean collect(Keys keys, KeyFilter filter, int limit, List<RegisteredKey> found)
            throws LookupUnavailable {
        long last = 0;
        long looked = 0;
        List<RegisteredKey> page;
        do {
            page = keys.after(last, PAGE);
            if (!collect(page, filter, limit, found)) {
                return false;
            }
            last = page.isEmpty() ? last : page.getLast().known().id();
            looked += page.size();
            gerve().progress().at(looked);
        } while (page.size() == PAGE);
        return true;
    }

    private static boolean collect(List<RegisteredKey> page, KeyFilter filter, int limit, List<RegisteredKey> found) {
        Instant now = Instant.now();
        for (RegisteredKey key : page) {
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
        List<KeyName> names = KeyName.ofWords(words);
        List<RegisteredKey> found = new ArrayList<>();
        try (var site = gerve().open()) {
            if (names.size() == 1) {
                gerve().printOne(Keys.KEYS, site.keys().named(names.getFirst()));
                return ExitStatus.DONE;
            }
            for (KeyName name : names) {
                try {
                    found.add(site.keys().named(name));
                } catch (Refused e) {
                    gerve().note(String.valueOf(e.getMessage()));
                }
            }
        }
        gerve().print(Keys.KEYS, found);
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
            gerve().print(CheckedKeys.FINDINGS, site.checkedKeys().findings(gerve().progress()::at));
        }
        return ExitStatus.DONE;
    }

    /** Which keys. */
    static final class Condemned {
        @Parameters(paramLabel = "KEY", arity = "1..*", description = "Fingerprint, id, public key, file or -.")
        private List<String> words = List.of();

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
            @ArgGroup(multiplicity = "1") Condemned condemned,
            @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Their owners read it.")
                    Words reason,
            @Option(names = "--dry-run", description = "Say what would be done, and do nothing.") boolean dryRun)
            throws Exception {
        try (var site = gerve().open()) {
            var keys = site.keys();
            var revocation = new KeyRevocation(keys, reason, dryRun);
            List<RegisteredKey> found = found(keys, condemned, revocation);
            try {
                for (RegisteredKey key : found) {
                    revocation.revoke(key);
                }
            } finally {
                gerve().print(KeyRevocation.REPORT, revocation.report());
                gerve().note(revocation.summary());
            }
            return revocation.status();
        }
    }

    private static List<RegisteredKey> found(Keys keys, Condemned condemned, KeyRevocation revocation)
            throws Exception {
        if (condemned.account.isPresent()) {
            return keys.ofAccount(condemned.account.get());
        }
        if (condemned.list.isPresent()) {
            return onList(keys, condemned.list.get(), revocation);
        }
        List<RegisteredKey> named = new ArrayList<>();
        for (KeyName name : KeyName.ofWords(condemned.words)) {
            named.add(keys.named(name));
        }
        return named;
    }

    private static List<RegisteredKey> onList(Keys keys, Path file, KeyRevocation revocation) throws Exception {
        Set<Fingerprint> fingerprints = new LinkedHashSet<>();
        for (KeyName.Line line : KeyName.ofFile(file)) {
            line.fingerprint().ifPresentOrElse(fingerprints::add, () -> revocation.couldNotRead(line));
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

    private static KeyLine line(Path file) throws Refused {
        try {
            return KeyLine.parse(KeyFile.text(file));
        } catch (InvalidKey e) {
            throw new Refused(e.getMessage() + " (" + file + ")");
        }
    }

    private static NewKey newKey(KeyLine line, String title, Optional<Expiry> expires, NewKey.Holder holder)
            throws Refused {
        try {
            return new NewKey(line.key(), title, expires.orElse(Expiry.NEVER).at(), holder);
        } catch (IllegalArgumentException e) {
            throw new Refused("Not added: " + e.getMessage() + ".");
        }
    }
}
