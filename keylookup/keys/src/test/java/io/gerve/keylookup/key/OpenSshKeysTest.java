package io.gerve.keylookup.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys that OpenSSH makes are read, and are called what OpenSSH calls them. */
class OpenSshKeysTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "ed25519, 256, ED25519",
        "ecdsa, 256, ECDSA_256",
        "ecdsa, 384, ECDSA_384",
        "ecdsa, 521, ECDSA_521",
        "rsa, 2048, RSA",
        "rsa, 3072, RSA",
        "rsa, 4096, RSA"
    })
    void whatSshKeygenMakesIsReadUnderTheSameFingerprint(String type, int bits, KeyAlgorithm algorithm)
            throws Exception {
        Path file = directory.resolve("key");
        sshKeygen("-q", "-t", type, "-b", Integer.toString(bits), "-N", "", "-C", "tom@laptop", "-f", file.toString());
        Path publicFile = directory.resolve("key.pub");

        KeyLine line = KeyLine.parse(Files.readString(publicFile));

        assertThat(line.key().algorithm()).isEqualTo(algorithm);
        assertThat(line.key().bits()).isEqualTo(bits);
        assertThat(line.comment()).isEqualTo("tom@laptop");
        assertThat(sshKeygen("-lf", publicFile.toString()))
                .startsWith(bits + " " + line.key().fingerprint() + " tom@laptop");
    }

    @Test
    void securityKeysHaveTheFingerprintThatSshKeygenTells() throws Exception {
        for (byte[] blob : List.of(Blob.skEd25519("ssh:"), Blob.skEcdsa("ssh:work"))) {
            PublicKey key = PublicKey.ofBlob(blob);
            Path file = Files.writeString(directory.resolve("sk.pub"), key.text() + "\n");
            assertThat(sshKeygen("-lf", file.toString())).startsWith("256 " + key.fingerprint() + " ");
        }
    }

    @Test
    void aPrivateKeyOfSshKeygenIsRefusedAsOne() throws Exception {
        Path file = directory.resolve("key");
        sshKeygen("-q", "-t", "ed25519", "-N", "", "-f", file.toString());
        String secret = Files.readString(file);
        assertThatExceptionOfType(InvalidKey.class)
                .isThrownBy(() -> PublicKey.ofLine(secret))
                .withMessageStartingWith("This is a PRIVATE key.")
                .satisfies(e -> assertThat(secret.lines())
                        .noneMatch(line -> e.toString().contains(line)));
    }

    private static String sshKeygen(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ssh-keygen"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
