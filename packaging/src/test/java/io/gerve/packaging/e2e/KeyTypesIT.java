package io.gerve.packaging.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.packaging.agent.EcdsaSecurityKey;
import io.gerve.packaging.agent.Ed25519SecurityKey;
import io.gerve.packaging.agent.SecurityKey;
import io.gerve.packaging.agent.SecurityKeyAgent;
import io.gerve.testbed.process.CommandResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of every key type that OpenSSH generates, with the stock client. */
@ExtendWith(SharedGate.class)
class KeyTypesIT {
    private final RunningGate gate;

    KeyTypesIT(RunningGate gate) {
        this.gate = gate;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-t ed25519",
                "-t ecdsa -b 256",
                "-t ecdsa -b 384",
                "-t ecdsa -b 521",
                "-t rsa -b 2048",
                "-t rsa -b 3072",
                "-t rsa -b 4096"
            })
    void keyAuthenticatesItsOwner(String kind) throws Exception {
        String name = "key" + kind.replaceAll("[^a-z0-9]", "").toLowerCase(Locale.ROOT);
        gate.addKey("tom", gate.newKey(name, kind.split(" ", -1)));
        assertThat(gate.ssh(name, "").output()).contains("Hi tom!");
    }

    /**
     * SHA-1 signatures can be forged (SHAttered, 2017). Clients older than OpenSSH 7.2 support no other with RSA and
     * are refused.
     */
    @Test
    void rsaSignatureWithSha1IsRefused() throws Exception {
        gate.addKey("tom", gate.newKey("sha1", "-t", "rsa", "-b", "3072"));
        CommandResult refused = gate.ssh("sha1", "-T -o PubkeyAcceptedAlgorithms=ssh-rsa", "");
        assertThat(refused.status()).isEqualTo(255);
        CommandResult accepted = gate.ssh("sha1", "-T -o PubkeyAcceptedAlgorithms=rsa-sha2-256", "");
        assertThat(accepted.output()).contains("Hi tom!");
    }

    @Test
    void ed25519SecurityKeyAuthenticatesItsOwner(@TempDir Path folder) throws Exception {
        assertLogsIn(new Ed25519SecurityKey(), folder, "security-ed25519");
    }

    @Test
    void ecdsaSecurityKeyAuthenticatesItsOwner(@TempDir Path folder) throws Exception {
        assertLogsIn(new EcdsaSecurityKey(), folder, "security-ecdsa");
    }

    private void assertLogsIn(SecurityKey key, Path folder, String name) throws Exception {
        Path file = Files.writeString(folder.resolve(name + ".pub"), key.publicKey() + "\n");
        gate.cli("key add --account tom " + file);
        Path socket = folder.resolve("agent");
        try (var _ = new SecurityKeyAgent(socket, key)) {
            gate.site().ssh().addHostWithAgent("as-" + name, gate.site().port(), socket);
            assertThat(gate.ssh(name, "").output()).contains("Hi tom!");
        }
    }
}
