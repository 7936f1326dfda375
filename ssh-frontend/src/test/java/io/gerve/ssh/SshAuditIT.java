package io.gerve.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.config.FrontendSettings;
import io.gerve.config.algorithm.AlgorithmProfile;
import io.gerve.config.algorithm.AlgorithmSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of the offered algorithms with ssh-audit, against the policies that are shipped for operators. */
class SshAuditIT {
    private static final Path SSH_AUDIT = Path.of("/usr/bin/ssh-audit");
    private static final Path POLICIES = Path.of("../packaging/src/main/dist/share/ssh-audit");

    @TempDir
    Path home;

    @Test
    void compatibleProfileFollowsItsPolicy() throws Exception {
        assertFollows("compatible.policy", AlgorithmProfile.COMPATIBLE);
    }

    @Test
    void strictProfileFollowsItsPolicyAndHasNoWarnings() throws Exception {
        String audit = assertFollows("strict.policy", AlgorithmProfile.STRICT);
        assertThat(audit.lines())
                .anyMatch(line -> line.contains("(key) rsa-sha2-512"))
                .noneMatch(line -> line.contains("[fail]"))
                .noneMatch(line -> line.contains("[warn]") && !isOutOfDate(line));
    }

    private String assertFollows(String policy, AlgorithmProfile profile) throws Exception {
        var keys = List.of(
                SshKey.generate(home, "ed25519", "ed25519").file(),
                SshKey.generate(home, "ecdsa", "ecdsa -b 256").file(),
                SshKey.generate(home, "rsa", "rsa -b 3072").file());
        var settings = new FrontendSettings(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                keys,
                List.of(),
                AlgorithmSettings.of(profile),
                false,
                RunningFrontend.LIMITS,
                RunningFrontend.TIMEOUTS);
        try (var listener = new SshListener(
                settings, new RegisteredKeys(), new SampleCommands(), _ -> {}, new SimpleMeterRegistry())) {
            var checked = audit(listener, "-P", POLICIES.resolve(policy).toString());
            assertThat(checked.status()).as(checked.text()).isZero();
            return audit(listener).text();
        }
    }

    private static RunningFrontend.CommandResult audit(SshListener listener, String... options) throws Exception {
        List<String> line = new ArrayList<>(List.of(SSH_AUDIT.toString(), "-n"));
        line.addAll(List.of(options));
        line.addAll(List.of("-p", Integer.toString(listener.port()), "127.0.0.1"));
        return RunningFrontend.CommandResult.of(line, new byte[0]);
    }

    /**
     * Debian 12's ssh-audit is from 2021: it does not know later algorithms, and calls the first post-quantum exchange
     * experimental.
     */
    private static boolean isOutOfDate(String line) {
        return line.contains("unknown algorithm")
                || (line.contains("sntrup761") && line.contains("experimental algorithm"));
    }
}
