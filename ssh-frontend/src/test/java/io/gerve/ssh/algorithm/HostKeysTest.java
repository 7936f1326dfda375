package io.gerve.ssh.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gerve.config.algorithm.AlgorithmList;
import io.gerve.config.algorithm.AlgorithmSettings;
import io.gerve.ssh.SshKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.util.List;
import org.apache.sshd.common.kex.AbstractDH;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.kex.DHFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostKeysTest {
    private static final List<DHFactory> ALL_EXCHANGES = SshAlgorithms.keyExchanges(
            new AlgorithmSettings(AlgorithmList.KEX_ALGORITHMS.supported(), List.of(), List.of(), List.of()));

    @TempDir
    Path home;

    @Test
    void keysFromSshKeygenAreLoadedAndPassTheSelfTest() throws Exception {
        List<KeyPair> keys = load(List.of(
                SshKey.generate(home, "one", "ed25519").file(),
                SshKey.generate(home, "two", "rsa -b 2048").file(),
                SshKey.generate(home, "three", "ecdsa -b 256").file(),
                SshKey.generate(home, "four", "ecdsa -b 521").file()));
        assertThat(keys).hasSize(4);
        SelfTest.run(keys, ALL_EXCHANGES);
    }

    /** With a mismatched pair, every client's key exchange would fail. */
    @Test
    void mismatchedKeyPairFailsTheSelfTest() throws Exception {
        KeyPair one = SshKey.generate(home, "one", "ed25519").pair();
        KeyPair two = SshKey.generate(home, "two", "ed25519").pair();
        assertThatThrownBy(() -> SelfTest.run(List.of(new KeyPair(one.getPublic(), two.getPrivate())), ALL_EXCHANGES))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not verify");
    }

    @Test
    void keyThatEveryAccountCanReadIsRefused() throws Exception {
        Path key = SshKey.generate(home, "open", "ed25519").file();
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> load(List.of(key)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("chmod o-rwx " + key);
    }

    @Test
    void unusableKeysAreRefusedWithFileNameAndRemedy() throws Exception {
        Path garbage = Files.writeString(home.resolve("garbage"), "no key\n");
        Files.setPosixFilePermissions(garbage, PosixFilePermissions.fromString("rw-------"));
        Path small = SshKey.generate(home, "small", "rsa -b 1024").file();
        Path first = SshKey.generate(home, "first", "ed25519").file();
        Path second = SshKey.generate(home, "second", "ed25519").file();
        Path locked = home.resolve("locked");
        new ProcessBuilder("ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", locked.toString())
                .start()
                .waitFor();
        assertThatThrownBy(() -> load(List.of(garbage))).hasMessageContaining(garbage.toString());
        assertThatThrownBy(() -> HostKeys.load(List.of(first), List.of("rsa-sha2-512")))
                .hasMessageContaining("frontend.host_key_algorithms has no algorithm of ssh-ed25519");
        assertThatThrownBy(() -> load(List.of(small))).hasMessageContaining("must be Ed25519, ECDSA, or RSA");
        assertThatThrownBy(() -> load(List.of(first, second))).hasMessageContaining("only one of each");
        assertThatThrownBy(() -> load(List.of(locked)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ssh-keygen");
        assertThatThrownBy(() -> load(List.of(home.resolve("absent")))).isInstanceOf(IOException.class);
    }

    private static List<KeyPair> load(List<Path> files) throws IOException {
        return HostKeys.load(files, AlgorithmList.HOST_KEY_ALGORITHMS.supported());
    }

    /** The attack: a point of another curve, by which the frontend would reveal its secret number bit by bit. */
    @Test
    void pointThatIsNotOnTheCurveIsRefused() throws Exception {
        AbstractDH exchange = BuiltinDHFactories.ecdhp256.create();
        byte[] own = exchange.getE();
        byte[] point = own.clone();
        point[point.length - 1] ^= 1;
        assertThatThrownBy(() -> {
                    exchange.setF(point);
                    exchange.getK();
                })
                .isInstanceOf(Exception.class);
    }
}
