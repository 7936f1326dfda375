package io.gerve.packaging.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.testbed.site.GateProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Attacks by a client that holds a clone open, so that the access log knows nothing of it. */
@ExtendWith(SharedGate.class)
class HeldCloneIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @Test
    void heldCloneIsOnRecordWhileItRunsAndAfterItsGateWasKilled(RunningGate site) throws Exception {
        String repository = site.newRepositoryWithHistory();
        try (GateProcess gate =
                site.site().startGate(config -> config.replace("[audit]", "[audit]\nrunning_record_after = \"1s\""))) {
            site.site()
                    .ssh()
                    .addHost("as-holder", gate.port(), site.site().folder().resolve("keys/mojombo"));
            try (var held = new HeldClone(site, repository)) {
                await().atMost(TIMEOUT).until(() -> clones(site, repository).size() == 1);
                JsonNode begun = clones(site, repository).getFirst();
                assertThat(begun.get("ended_by").stringValue()).isEqualTo("unknown");
                assertThat(begun.get("exit_status").stringValue()).isEqualTo("unknown");
                assertThat(site.cli("audit log --repo " + repository + " --command git-upload-pack")
                                .output())
                        .contains("begun");
                String id = begun.get("request_id").stringValue();
                assertThat(site.cli("explain " + id).output()).containsPattern("ended_by: +unknown");

                assertThat(held.finish()).isZero();
                await().atMost(TIMEOUT)
                        .until(() -> clones(site, repository)
                                .getFirst()
                                .get("ended_by")
                                .stringValue()
                                .equals("command"));
                assertThat(clones(site, repository)).singleElement().satisfies(ended -> {
                    assertThat(ended.get("request_id").stringValue()).isEqualTo(id);
                    assertThat(ended.get("exit_status").stringValue()).isEqualTo("0");
                });
                assertThat(site.cli("explain " + id).output()).containsPattern("ended_by: +command");
            }
            try (var _ = new HeldClone(site, repository)) {
                await().atMost(TIMEOUT).until(() -> clones(site, repository).size() == 2);
                gate.program().kill();
            }
            assertThat(clones(site, repository))
                    .extracting(clone -> clone.get("ended_by").stringValue())
                    .containsExactly("unknown", "command");
            assertThat(site.cli("audit log verify").output()).contains("unchanged");
        }
    }

    /** Returns the records of clones of the repository, newest first. */
    private static List<JsonNode> clones(RunningGate site, String repository) {
        return site.cli("audit log --repo " + repository + " --command git-upload-pack --format json")
                .output()
                .lines()
                .map(JsonMapper.shared()::readTree)
                .toList();
    }

    /** Client that asks for a clone and then says nothing. */
    private static final class HeldClone implements AutoCloseable {
        private final Process ssh;

        HeldClone(RunningGate site, String repository) throws IOException {
            ssh = new ProcessBuilder(
                            "ssh",
                            "-F",
                            site.site().ssh().file().toString(),
                            "as-holder",
                            "git-upload-pack '" + repository + "'")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        }

        /** Ends the clone as git does that needs nothing, and returns the exit status. */
        int finish() throws IOException, InterruptedException {
            ssh.getOutputStream().write("0000".getBytes(StandardCharsets.US_ASCII));
            ssh.getOutputStream().close();
            assertThat(ssh.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            return ssh.exitValue();
        }

        @Override
        public void close() {
            ssh.destroyForcibly();
        }
    }
}
