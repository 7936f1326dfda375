package io.gerve.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.config.FrontendSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Test of the offered algorithms with ssh-audit. */
class SshAuditIT {
    private static final Path SSH_AUDIT = Path.of("/usr/bin/ssh-audit");

    @TempDir
    Path home;

    @Test
    void sshAuditReportsNoFailuresAndNoWarnings() throws Exception {
        var keys = List.of(
                SshKey.generate(home, "ed25519", "ed25519").file(),
                SshKey.generate(home, "rsa", "rsa -b 3072").file());
        var listen = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        var settings = new FrontendSettings(listen, keys, List.of(), RunningFrontend.LIMITS, RunningFrontend.TIMEOUTS);
        try (var listener = new SshListener(
                settings, new RegisteredKeys(), new SampleCommands(), _ -> {}, new SimpleMeterRegistry())) {
            var audit = RunningFrontend.CommandResult.of(
                    List.of(SSH_AUDIT.toString(), "-n", "-p", Integer.toString(listener.port()), "127.0.0.1"),
                    new byte[0]);
            assertThat(audit.text().lines())
                    .anyMatch(line -> line.contains("sntrup761x25519-sha512@openssh.com"))
                    .anyMatch(line -> line.contains("(key) rsa-sha2-512"))
                    .noneMatch(line -> line.contains("[fail]"))
                    .noneMatch(line -> line.contains("[warn]") && !isOutOfDate(line));
        }
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
