package io.gerve.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import io.gerve.keylookup.directory.KeyValidity;
import io.gerve.lookup.LookupUnavailable;
import java.nio.file.Path;
import java.time.Instant;
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
    void everyTypeOfKeyLogsIn(String type) throws Exception {
        try (var door = new RunningFrontend(home)) {
            SshKey key = SshKey.generate(home, "other", type);
            door.keys.register(key.fingerprint());
            var ran = door.run(key, List.of(), new byte[0], "whoami");
            assertThat(ran.text()).isEqualTo(key.fingerprint().text() + "\n");
            assertThat(ran.status()).isZero();
        }
    }

    @Test
    void anUnknownKeyIsDeniedAndTheClientTriesItsNextKey() throws Exception {
        try (var door = new RunningFrontend(home)) {
            SshKey unknown = SshKey.generate(home, "unknown", "ed25519");
            var denied = door.run(unknown, List.of(), new byte[0], "whoami");
            assertThat(denied.status()).isEqualTo(255);
            assertThat(denied.stderr()).contains("Permission denied (publickey)");
            var both = door.run(unknown, List.of("-i", door.user.file().toString()), new byte[0], "whoami");
            assertThat(both.text()).isEqualTo(door.user.fingerprint().text() + "\n");
        }
    }

    @Test
    void aRevokedKeyIsLetInToBeToldSo() throws Exception {
        try (var door = new RunningFrontend(home)) {
            SshKey revoked = SshKey.generate(home, "revoked", "ed25519");
            door.keys.register(revoked.fingerprint(), new KeyValidity.Revoked(Instant.EPOCH, ""));
            assertThat(door.run(revoked, List.of(), new byte[0], "whoami").text())
                    .isEqualTo(revoked.fingerprint().text() + "\n");
        }
    }

    @Test
    void whoCannotBeLookedUpIsLetInToBeToldSoAtTheRequest() throws Exception {
        try (var door = new RunningFrontend(
                home, RunningFrontend.LIMITS, RunningFrontend.TIMES, List.of(), RekeyLimit.RECOMMENDED, key -> {
                    throw new LookupUnavailable("the directory is away");
                })) {
            assertThat(door.run("whoami").text())
                    .isEqualTo(door.user.fingerprint().text() + "\n");
        }
    }

    @Test
    void anyOtherUserNameIsDeniedWithoutALookUp() throws Exception {
        try (var door = new RunningFrontend(home)) {
            var ran = door.run(door.user, List.of("-l", "root"), new byte[0], "whoami");
            assertThat(ran.stderr()).contains("Permission denied (publickey)");
            assertThat(door.keys.asked()).isEmpty();
        }
    }

    /** SHA-1 signatures can be forged by who can collide it, and MINA takes them unless it is told not to. */
    @Test
    void anRsaKeyThatSignsWithSha1IsRefused() throws Exception {
        try (var door = new RunningFrontend(home)) {
            SshKey key = SshKey.generate(home, "rsa", "rsa -b 2048");
            door.keys.register(key.fingerprint());
            assertThatThrownBy(() -> jsch(door, key, "ssh-rsa").connect(10_000))
                    .isInstanceOf(JSchException.class)
                    .hasMessageContaining("Auth fail");
            Session modern = jsch(door, key, "rsa-sha2-256");
            modern.connect(10_000);
            assertThat(modern.isConnected()).isTrue();
            modern.disconnect();
        }
    }

    private static Session jsch(RunningFrontend door, SshKey key, String algorithm) throws Exception {
        JSch jsch = new JSch();
        jsch.addIdentity(key.file().toString());
        Session session = jsch.getSession("git", "127.0.0.1", door.port());
        session.setConfig("StrictHostKeyChecking", "no");
        session.setConfig("PubkeyAcceptedAlgorithms", algorithm);
        session.setConfig("PreferredAuthentications", "publickey");
        return session;
    }

    @Test
    void onlyPublicKeysAreOffered() throws Exception {
        try (var door = new RunningFrontend(home)) {
            SshKey unknown = SshKey.generate(home, "unknown", "ed25519");
            var ran = door.run(
                    unknown,
                    List.of(
                            "-o",
                            "PreferredAuthentications=none,password,keyboard-interactive,hostbased,gssapi-with-mic,publickey"),
                    new byte[0],
                    "whoami");
            assertThat(ran.stderr()).contains("Permission denied (publickey).");
        }
    }
}
