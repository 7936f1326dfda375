package io.gerve.fileserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GateIdentityTest {
    @TempDir
    Path home;

    @ParameterizedTest
    @ValueSource(strings = {"ed25519", "ecdsa", "rsa"})
    void commonKeyTypesCanSign(String type) throws Exception {
        var identity = new GateIdentity(key("-t", type, "-N", ""));

        assertThat(identity.getSignature(new byte[] {1})).isNotEmpty();
    }

    @Test
    void keyWithPassphraseIsRefused() throws Exception {
        var file = key("-t", "ed25519", "-N", "secret");

        assertThatThrownBy(() -> new GateIdentity(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("passphrase");
    }

    @Test
    void missingFileIsNamedInTheMessage() {
        assertThatThrownBy(() -> new GateIdentity(home.resolve("nothing")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nothing does not exist or cannot be read");
    }

    /** A truncated private key is still a secret. */
    @Test
    void invalidKeyIsRefusedWithoutQuotingIt() throws IOException {
        var file = Files.writeString(home.resolve("cut"), "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

        assertThatThrownBy(() -> new GateIdentity(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not a private key")
                .hasNoCause()
                .message()
                .doesNotContain("c2VjcmV0");
    }

    @Test
    void keyThatEveryAccountCanReadIsRefused() throws Exception {
        var file = key("-t", "ed25519", "-N", "");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        assertThatThrownBy(() -> new GateIdentity(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Run: chmod o-rwx " + file);
    }

    private Path key(String... how) throws Exception {
        var file = home.resolve("key");
        var command = new ArrayList<>(List.of("ssh-keygen", "-q", "-f", file.toString()));
        command.addAll(List.of(how));
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
        return file;
    }
}
