package io.gerve.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import io.gerve.keylookup.directory.KeyValidity;
import io.gerve.lookup.LookupUnavailable;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthenticationIT {
    @TempDir
    Path home;

    @ParameterizedTest
    @ValueSource(strings = {"ed25519", "ecdsa -b 256", "ecdsa -b 384", "ecdsa -b 521", "rsa -b 2048", "rsa -b 3072"})
    void everyAcceptedKeyTypeAuthenticates(String type) throws Exception {
        try (var frontend = new RunningFrontend(home)) {
            SshKey key = SshKey.generate(home, "other", type);
            frontend.keys.register(key.fingerprint());
            var result = frontend.run(key, List.of(), new byte[0], "whoami");
            assertThat(result.text()).isEqualTo(key.fingerprint().text() + "\n");
            assertThat(result.status()).isZero();
        }
    }

    @Test
    void unknownKeyIsDeniedAndTheNextKeyIsTried() throws Exception {
        try (var frontend = new RunningFrontend(home)) {
            SshKey unknown = SshKey.generate(home, "unknown", "ed25519");
            var denied = frontend.run(unknown, List.of(), new byte[0], "whoami");
            assertThat(denied.status()).isEqualTo(255);
            assertThat(denied.stderr()).contains("Permission denied (publickey)");
            var both = frontend.run(unknown, List.of("-i", frontend.user.file().toString()), new byte[0], "whoami");
            assertThat(both.text()).isEqualTo(frontend.user.fingerprint().text() + "\n");
        }
    }

    @Test
    void revokedKeyAuthenticates() throws Exception {
        try (var frontend = new RunningFrontend(home)) {
            SshKey revoked = SshKey.generate(home, "revoked", "ed25519");
            frontend.keys.register(revoked.fingerprint(), new KeyValidity.Revoked(Instant.EPOCH, ""));
            assertThat(frontend.run(revoked, List.of(), new byte[0], "whoami").text())
                    .isEqualTo(revoked.fingerprint().text() + "\n");
        }
    }

    @Test
    void keyAuthenticatesWhenItsLookUpFails() throws Exception {
        try (var frontend = new RunningFrontend(
                home, RunningFrontend.LIMITS, RunningFrontend.TIMEOUTS, List.of(), RekeyLimit.RECOMMENDED, key -> {
                    throw new LookupUnavailable("the directory does not respond");
                })) {
            assertThat(frontend.run("whoami").text())
                    .isEqualTo(frontend.user.fingerprint().text() + "\n");
        }
    }

    @Test
    void otherUserNameIsToldTheRightOneAfterItsSignature() throws Exception {
        try (var frontend = new RunningFrontend(home)) {
            var registered = frontend.run(frontend.user, List.of("-l", "root"), new byte[0], "whoami");
            assertThat(registered.stderr())
                    .contains("The user name here is always git")
                    .contains("Permission denied (publickey)");
            assertThat(registered.text()).isEmpty();
            SshKey unknown = SshKey.generate(home, "unknown", "ed25519");
            var stranger = frontend.run(unknown, List.of("-l", "root"), new byte[0], "whoami");
            assertThat(stranger.stderr()).doesNotContain("git").contains("Permission denied (publickey)");
        }
    }

    /** With the signature of each key, an agent asked for a confirmation of each. */
    @Test
    void clientSignsOnlyWithTheRegisteredKey() throws Exception {
        try (var frontend = new RunningFrontend(home)) {
            List<String> options = new ArrayList<>(List.of("-v"));
            for (int i = 0; i < 3; i++) {
                options.add("-i");
                options.add(
                        SshKey.generate(home, "unknown" + i, "ed25519").file().toString());
            }
            options.addAll(List.of("-i", frontend.user.file().toString()));
            SshKey first = SshKey.generate(home, "first", "ecdsa -b 256");
            var result = frontend.run(first, options, new byte[0], "whoami");
            assertThat(result.stderr().lines().filter(line -> line.contains("Server accepts key")))
                    .singleElement(STRING)
                    .contains(frontend.user.fingerprint().text());
            assertThat(result.text()).isEqualTo(frontend.user.fingerprint().text() + "\n");
        }
    }

    /** The attack: to forge a signature by a SHA-1 collision. MINA accepts SHA-1 signatures by default. */
    @Test
    void rsaSignatureWithSha1IsRefused() throws Exception {
        try (var frontend = new RunningFrontend(home)) {
            SshKey key = SshKey.generate(home, "rsa", "rsa -b 2048");
            frontend.keys.register(key.fingerprint());
            assertThatThrownBy(() -> jsch(frontend, key, "ssh-rsa").connect(10_000))
                    .isInstanceOf(JSchException.class)
                    .hasMessageContaining("Auth fail");
            Session modern = jsch(frontend, key, "rsa-sha2-256");
            modern.connect(10_000);
            assertThat(modern.isConnected()).isTrue();
            modern.disconnect();
        }
    }

    private static Session jsch(RunningFrontend frontend, SshKey key, String algorithm) throws Exception {
        JSch jsch = new JSch();
        jsch.addIdentity(key.file().toString());
        Session session = jsch.getSession("git", "127.0.0.1", frontend.port());
        session.setConfig("StrictHostKeyChecking", "no");
        session.setConfig("PubkeyAcceptedAlgorithms", algorithm);
        session.setConfig("PreferredAuthentications", "publickey");
        return session;
    }

    @Test
    void publickeyIsTheOnlyOfferedMethod() throws Exception {
        try (var frontend = new RunningFrontend(home)) {
            SshKey unknown = SshKey.generate(home, "unknown", "ed25519");
            var result = frontend.run(
                    unknown,
                    List.of(
                            "-o",
                            "PreferredAuthentications=none,password,keyboard-interactive,hostbased,gssapi-with-mic,publickey"),
                    new byte[0],
                    "whoami");
            assertThat(result.stderr()).contains("Permission denied (publickey).");
        }
    }
}
