package io.gerve.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostKeysTest {
    @TempDir
    Path home;

    @Test
    void keysFromSshKeygenAreLoadedAndPassTheSelfTest() throws Exception {
        List<KeyPair> keys = HostKeys.load(List.of(
                SshKey.generate(home, "one", "ed25519").file(),
                SshKey.generate(home, "two", "rsa -b 2048").file()));
        assertThat(keys).hasSize(2);
        SelfTest.run(keys);
    }

    /** With a mismatched pair, every client's key exchange would fail. */
    @Test
    void mismatchedKeyPairFailsTheSelfTest() throws Exception {
        KeyPair one = SshKey.generate(home, "one", "ed25519").pair();
        KeyPair two = SshKey.generate(home, "two", "ed25519").pair();
        assertThatThrownBy(() -> SelfTest.run(List.of(new KeyPair(one.getPublic(), two.getPrivate()))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not verify");
    }

    @Test
    void unusableKeysAreRefusedWithFileNameAndRemedy() throws Exception {
        Path garbage = Files.writeString(home.resolve("garbage"), "no key\n");
        Files.setPosixFilePermissions(garbage, PosixFilePermissions.fromString("rw-------"));
        Path ecdsa = SshKey.generate(home, "ecdsa", "ecdsa -b 256").file();
        Path small = SshKey.generate(home, "small", "rsa -b 1024").file();
        Path first = SshKey.generate(home, "first", "ed25519").file();
        Path second = SshKey.generate(home, "second", "ed25519").file();
        Path locked = home.resolve("locked");
        new ProcessBuilder("ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", locked.toString())
                .start()
                .waitFor();
        assertThatThrownBy(() -> HostKeys.load(List.of(garbage))).hasMessageContaining(garbage.toString());
        assertThatThrownBy(() -> HostKeys.load(List.of(ecdsa))).hasMessageContaining("must be Ed25519, or RSA");
        assertThatThrownBy(() -> HostKeys.load(List.of(small))).hasMessageContaining("must be Ed25519, or RSA");
        assertThatThrownBy(() -> HostKeys.load(List.of(first, second))).hasMessageContaining("only one of each");
        assertThatThrownBy(() -> HostKeys.load(List.of(locked)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ssh-keygen");
        assertThatThrownBy(() -> HostKeys.load(List.of(home.resolve("absent")))).isInstanceOf(IOException.class);
    }
}
