package io.gerve.cli;

import io.gerve.git.RepositoryName;
import io.gerve.keylookup.key.DeployAccess;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.InvalidKey;
import io.gerve.keylookup.key.KeyLine;
import io.gerve.keylookup.key.Login;
import io.gerve.keylookup.key.NewKey;
import io.gerve.registry.Refused;
import io.gerve.registry.Words;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gerve key}. */
@Command(
        name = "key",
        header = "SSH keys of accounts, and deploy keys of repositories.",
        description = {
            "",
            "A key belongs to one account, or is a deploy key that opens repositories and nothing else. It is named by its SHA-256"
                    + " fingerprint, as ssh-keygen -lf prints it.",
            "",
            "  gerve key add id_ed25519.pub --account mojombo",
            "  gerve key add ci.pub --repo mojombo/bert --read-write --expires 90d",
            "  gerve key list --account mojombo",
            "  gerve key revoke SHA256:… --reason 'Laptop lost'",
        })
final class KeyCommand extends CommandGroup {
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

    @Command(header = "List the keys of an account, or the deploy keys of a repository.")
    int list(@ArgGroup(multiplicity = "1") Holder holder) throws Exception {
        try (var site = gerve().open()) {
            if (holder.account.isPresent()) {
                gerve().print(Keys.KEYS, site.keys().ofAccount(holder.account.get()));
                return ExitStatus.DONE;
            }
            if (holder.repositories.size() != 1) {
                throw usage("Name one repository.");
            }
            gerve().print(Keys.KEYS, site.keys().ofRepository(holder.repositories.getFirst()));
        }
        return ExitStatus.DONE;
    }

    @Command(header = "Show whose key it is, and whether it works.")
    int show(@Parameters(paramLabel = "FINGERPRINT", description = "SHA256:…") Fingerprint fingerprint)
            throws Exception {
        try (var site = gerve().open()) {
            gerve().printOne(Keys.KEYS, site.keys().show(fingerprint));
        }
        return ExitStatus.DONE;
    }

    @Command(
            header = "List keys that break the site's policy, as it stands now.",
            description = {
                "",
                "What becomes of them at login says keylookup.registered_weak_keys; compromised ones are always refused."
            })
    int check() throws Exception {
        try (var site = gerve().open()) {
            gerve().print(CheckedKeys.FINDINGS, site.checkedKeys().findings(gerve()::progress));
        }
        return ExitStatus.DONE;
    }

    @Command(header = "Make a key useless for ever. Who tries it is told the reason.")
    int revoke(
            @Parameters(paramLabel = "FINGERPRINT", description = "SHA256:…") Fingerprint fingerprint,
            @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Its owner reads it.")
                    Words reason)
            throws Exception {
        try (var site = gerve().open()) {
            site.keys().revoke(fingerprint, reason);
        }
        return done(fingerprint + " is revoked.");
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
