package io.gerve.packaging.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.testbed.process.CommandResult;
import io.gerve.testbed.site.GateProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Tests of the drain of a gate, and of several gates at once. */
class GateLifecycleIT {
    @Test
    void drainLetsPushesFinishAndAcceptsNoConnections(@TempDir Path folder) throws Exception {
        try (var gate = RunningGate.start(folder);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            String repository = gate.newRepositoryWithHistory();
            Path running = folder.resolve("hook-runs");
            Path hook = gate.onDisk(repository).resolve("hooks/pre-receive");
            Files.createDirectories(hook.getParent());
            Files.writeString(hook, "#!/bin/sh\ntouch '" + running + "'\nsleep 4\n");
            Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwxr-xr-x"));
            var push = threads.submit(() -> gate.git("-C " + repository + " push origin main:in-time"));
            await().until(() -> Files.exists(running));

            gate.gate().program().terminate();
            await().until(() -> gate.ssh("mojombo", "").status() == 255);
            assertThat(push.get().output()).contains("main -> in-time");
            assertThat(push.get().status()).isZero();
            assertThat(gate.gate().program().awaitEnd(Duration.ofSeconds(60))).isTrue();
            assertThat(gate.gate().program().exitStatus()).isIn(0, 143);
        }
    }

    @Test
    @ExtendWith(SharedGate.class)
    void revokedKeyIsRefusedOnEveryGate(RunningGate gate) throws Exception {
        String repository = gate.newRepositoryWithHistory();
        try (GateProcess other = gate.site().startGate()) {
            Path key = gate.newKey("laptop");
            gate.addKey("mojombo", key);
            gate.site().ssh().addHost("as-laptop-elsewhere", other.port(), key);
            // A gate that has just started may tell clients to try again.
            await().until(() -> gate.git("ls-remote as-laptop-elsewhere:" + repository + ".git")
                            .status()
                    == 0);
            String fingerprint =
                    gate.shell().run("ssh-keygen -lf " + key).orThrow().output().split(" ", -1)[1];

            gate.cli("key revoke " + fingerprint + " --reason 'Laptop lost.'");
            await().untilAsserted(() -> {
                CommandResult refused = gate.ssh("laptop-elsewhere", "git-upload-pack '" + repository + "'");
                assertThat(refused.output()).contains("ERROR: This key was revoked.");
                assertThat(refused.status()).isEqualTo(128);
            });
        }
    }
}
