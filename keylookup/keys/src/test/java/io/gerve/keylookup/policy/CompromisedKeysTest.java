package io.gerve.keylookup.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.gerve.config.KeyPolicySettings;
import io.gerve.keylookup.directory.CompromisedKeyDirectory;
import io.gerve.keylookup.directory.KeyDirectory;
import io.gerve.keylookup.directory.KeyValidity;
import io.gerve.keylookup.directory.Principal;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.keylookup.key.Md5Suffix;
import io.gerve.keylookup.key.PublicKey;
import io.gerve.keylookup.store.KeyWorld;
import io.gerve.lookup.CachedResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompromisedKeysTest {
    /** Public key whose private half gives access to every new Vagrant box. */
    private static final String VAGRANT =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIN1YdxBpNlzxDqfJyw/QKow1F+wvG9hXGoqiysfJOn5Y vagrant insecure public key";

    @TempDir
    private Path home;

    private final AtomicLong now = new AtomicLong();

    @Test
    void keyOnBuiltInListIsRefused() throws Exception {
        var policy =
                new KeyPolicy(new KeyPolicySettings(2048, 2048, KeyPolicySettings.WeakKeys.WARN, List.of()), keys());
        assertThat(policy.refusal(PublicKey.ofLine(VAGRANT)))
                .contains(new KeyIssue(
                        KeyIssue.Rule.COMPROMISED,
                        "This key is compromised: others can have its private half (Vagrant's key for new boxes, ed25519)."
                                + " Make a new key with ssh-keygen -t ed25519 and paste the file that ends in .pub."));
    }

    @Test
    void changedListTakesEffectWithoutRestart() throws Exception {
        PublicKey leaked = KeyWorld.key();
        Path file = Files.writeString(home.resolve("leaked"), "# none yet\n\n");
        CompromisedKeys keys = keys(file);
        assertThat(reason(keys, leaked)).isEmpty();

        Files.writeString(file, leaked.fingerprint() + "\tleft in a public image\r\n");
        assertThat(reason(keys, leaked)).isEmpty();
        advanceSeconds(1);
        assertThat(reason(keys, leaked)).contains("left in a public image");
        assertThat(reason(keys, KeyWorld.key())).isEmpty();

        Files.writeString(file, leaked.fingerprint().text());
        advanceSeconds(1);
        assertThat(reason(keys, leaked)).contains("");
    }

    @Test
    void lastValidListStaysInEffectWhileFileIsInvalid() throws Exception {
        PublicKey leaked = KeyWorld.key();
        Path file = Files.writeString(home.resolve("leaked"), leaked.fingerprint() + " lost");
        CompromisedKeys keys = keys(file);
        Files.writeString(file, "ssh-ed25519 AAAA");
        advanceSeconds(1);
        assertThat(reason(keys, leaked)).contains("lost");
        Files.delete(file);
        advanceSeconds(1);
        assertThat(reason(keys, leaked)).contains("lost");
        Files.writeString(file, "# no keys");
        advanceSeconds(1);
        assertThat(reason(keys, leaked)).isEmpty();
    }

    @Test
    void invalidListAtStartIsReportedWithItsLine() throws Exception {
        Path file = Files.writeString(home.resolve("leaked"), "# keys\nMD5:00\n");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> keys(file))
                .withMessageStartingWith(file + ":2: a line must be a SHA-256 or MD5 fingerprint");
        assertThatIllegalArgumentException().isThrownBy(() -> keys(home.resolve("none")));
    }

    @Test
    void compromisedKeyIsRevokedAndKeepsEarlierReason() throws Exception {
        PublicKey vagrant = PublicKey.ofLine(VAGRANT);
        assertThat(validity(vagrant, new KeyValidity.ValidUntil(Instant.MAX)))
                .isInstanceOfSatisfying(
                        KeyValidity.Revoked.class,
                        revoked -> assertThat(revoked.reason()).startsWith("This key is compromised"));
        var revoked = new KeyValidity.Revoked(Instant.EPOCH, "laptop stolen");
        assertThat(validity(vagrant, revoked)).isEqualTo(revoked);
        var valid = new KeyValidity.ValidUntil(Instant.MAX);
        assertThat(validity(KeyWorld.key(), valid)).isEqualTo(valid);
    }

    /**
     * Debian's files of 2008 can be used unchanged. They contain the end of the MD5 fingerprint that ssh-keygen prints.
     */
    @Test
    void publishedMd5ListsAreAcceptedAndRefuseLogin() throws Exception {
        PublicKey leaked = KeyWorld.key();
        String md5 = md5(leaked);
        String debian = md5.substring(12);
        Path file =
                Files.writeString(home.resolve("blacklist.RSA-2048"), "# weak\n00000000000000000000\n" + debian + "\n");
        CompromisedKeys keys = keys(file);
        assertThat(reason(keys, KeyWorld.key())).isEmpty();
        assertThat(reason(keys, leaked)).contains("made by Debian's broken OpenSSL of 2006 to 2008, CVE-2008-0166");
        assertThat(validity(leaked, new KeyValidity.ValidUntil(Instant.MAX), file))
                .isInstanceOf(KeyValidity.Revoked.class);
        String colons = md5.replaceAll("(..)(?!$)", "$1:");
        for (String form : List.of(debian, colons, "MD5:" + colons, "2048 MD5:" + colons)) {
            Files.writeString(file, form + " lost as " + form);
            advanceSeconds(1);
            assertThat(reason(keys, leaked)).contains("lost as " + form);
        }
    }

    private static String md5(PublicKey key) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(key.blob()));
    }

    private static Optional<String> reason(CompromisedKeys keys, PublicKey key) {
        return keys.reason(key.fingerprint(), Md5Suffix.ofBlob(key.blob()));
    }

    private KeyValidity validity(PublicKey key, KeyValidity stored, Path... files) throws Exception {
        KeyDirectory directory = fingerprint -> CachedResult.fresh(Optional.of(new RegisteredKey(
                1,
                fingerprint,
                Md5Suffix.ofBlob(key.blob()),
                "laptop",
                stored,
                new Principal.OfDeployKey("tom/bert"))));
        return new CompromisedKeyDirectory(directory, keys(files))
                .find(key.fingerprint())
                .value()
                .orElseThrow()
                .validity();
    }

    private CompromisedKeys keys(Path... files) {
        return new CompromisedKeys(List.of(files), now::get);
    }

    private void advanceSeconds(int seconds) {
        now.addAndGet(Duration.ofSeconds(seconds).toNanos());
    }
}
