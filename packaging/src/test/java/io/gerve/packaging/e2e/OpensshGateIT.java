package io.gerve.packaging.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.testbed.process.CommandResult;
import io.gerve.testbed.process.RunningProgram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests of stock OpenSSH with its agent suspended. The agent continues before another test needs it. */
@ExtendWith(SharedGate.class)
class OpensshGateIT {
    private final RunningGate gate;

    OpensshGateIT(SharedGate.OfEachFrontend gates) {
        this.gate = gates.openssh();
    }

    @Test
    void loginIsDeniedWhileTheAgentIsSuspended() throws Exception {
        RunningProgram agent = gate.site().opensshGate().agent();
        agent.signal("STOP");
        try {
            CommandResult refused = gate.ssh("mojombo", "");
            assertThat(refused.output()).contains("Permission denied (publickey)");
            assertThat(refused.status()).isEqualTo(255);
        } finally {
            agent.signal("CONT");
        }
        assertThat(gate.ssh("mojombo", "").output()).contains("Hi mojombo!");
    }

    /** The log and the access log have the commands of both frontends. */
    @Test
    void commandIsLoggedByTheAgentAndRecorded() throws Exception {
        String repository = gate.newRepositoryWithHistory();
        assertThat(gate.site().opensshGate().log().lines())
                .anyMatch(line -> line.contains("frontend=openssh")
                        && line.contains("command=git-receive-pack repository=" + repository)
                        && line.contains("host=fs1a")
                        && line.contains("ended_by=delegated"));
        await().untilAsserted(() -> assertThat(
                        gate.cli("audit log --command git-receive-pack --repo " + repository + " --format json")
                                .output())
                .contains("\"bytes_in\":\"unknown\"", "\"exit_status\":\"unknown\"", "\"refs_source\":\"unknown\""));
    }
}
