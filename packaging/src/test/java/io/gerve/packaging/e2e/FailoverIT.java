package io.gerve.packaging.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.testbed.process.CommandResult;
import io.gerve.testbed.site.StandByCopy;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Tests of a failover, of the death of a file server, and then of its standby. The second and third test kill one each. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FailoverIT {
    private final RunningGate gate;

    FailoverIT(@TempDir Path folder) throws Exception {
        gate = RunningGate.start(folder);
    }

    @AfterAll
    void stop() {
        gate.close();
    }

    /** The attack: whoever controls Redis withholds the message of a failover. A push to the previous host is lost. */
    @Test
    @Order(1)
    void pushGoesToTheNewHostAtOnceThoughNoMessageArrives() throws Exception {
        String repository = gate.newRepositoryWithHistory();
        new StandByCopy(gate.site()).copy(0, 1);

        gate.cliWithoutRedis("route failover fs1");
        gate.git("-C " + repository + " push -q origin main:after-the-failover").orThrow();

        assertThat(gate.hasBranch(1, repository, "after-the-failover")).isTrue();
        assertThat(gate.hasBranch(0, repository, "after-the-failover")).isFalse();
        gate.cli("route failover fs1");
    }

    @Test
    @Order(2)
    void standByServesReadsAtOnceAndPushesAfterFailover() throws Exception {
        String repository = gate.newRepositoryWithHistory();
        new StandByCopy(gate.site()).copy(0, 1);
        gate.site().fileServers().getFirst().kill();

        gate.git("ls-remote as-mojombo:" + repository + ".git").orThrow();
        CommandResult refused = gate.ssh("mojombo", "git-receive-pack '" + repository + "'");
        assertThat(refused.output())
                .contains("ERROR: The server that stores " + repository
                        + " is not answering. Nothing was changed. Please try again.");
        assertThat(refused.status()).isEqualTo(75);

        gate.cli("route failover fs1");
        CommandResult push = gate.git("-C " + repository + " push origin main:after-the-failover");
        assertThat(push.output()).contains("main -> after-the-failover");
        assertThat(push.status()).isZero();
    }

    /** A truncated archive must not look like a complete one. */
    @Test
    @Order(3)
    void deathOfTheServerDuringATransferIsReportedAsFailure() throws Exception {
        String repository = gate.newRepository();
        gate.shell()
                .run(
                        "git init -q -b main big && cd big && head -c 64M /dev/urandom > part && git add . && git commit -q -m big"
                                + " && git push -q as-mojombo:" + repository + ".git main")
                .orThrow();
        Process client = gate.shell()
                .start("ssh -F %s -T as-mojombo \"git-upload-archive '%s'\""
                        .formatted(gate.site().ssh().file(), repository));
        try (var archive = client.getInputStream()) {
            client.getOutputStream().write("0011argument HEAD0000".getBytes(US_ASCII));
            client.getOutputStream().flush();
            assertThat(archive.readNBytes(1_000_000)).hasSize(1_000_000);
            gate.site().fileServers().getLast().kill();
            String rest = new String(archive.readAllBytes(), ISO_8859_1);
            assertThat(rest).contains("ERROR: The connection to the server that stores " + repository + " was lost.");
            assertThat(client.waitFor()).isEqualTo(75);
        }
    }
}
