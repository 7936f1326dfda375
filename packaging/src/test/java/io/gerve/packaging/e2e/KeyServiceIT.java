package io.gerve.packaging.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.testbed.process.CommandResult;
import io.gerve.testbed.site.ApiCall;
import io.gerve.testbed.site.KeyServiceProcess;
import io.gerve.testbed.site.SshKeys;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests of two key services, started by their launcher, together with a gate. */
@ExtendWith(SharedGate.class)
class KeyServiceIT {
    private static final Pattern ID = Pattern.compile("\"id\":([0-9]+)");

    private final RunningGate gate;

    KeyServiceIT(RunningGate gate) {
        this.gate = gate;
    }

    @Test
    void keyAddedThroughOneServiceWorksUntilDeletedThroughAnother() throws Exception {
        String repository = gate.newRepositoryWithHistory();
        KeyServiceProcess one = gate.site().startKeyService();
        KeyServiceProcess other = gate.site().startKeyService();
        String token = gate.site().newToken("mojombo");
        Path key = gate.newKey("through-the-api");
        assertThat(gate.ssh("through-the-api", "").status()).isEqualTo(255);

        HttpResponse<String> added = one.send(adding(key), token);
        assertThat(added.statusCode()).isEqualTo(201);
        gate.git("ls-remote as-through-the-api:" + repository + ".git").orThrow();
        assertThat(other.send(new ApiCall("GET", "/user/keys", ""), token).body())
                .contains(blobOf(key));

        assertThat(other.send(new ApiCall("DELETE", "/user/keys/" + idIn(added.body()), ""), token)
                        .statusCode())
                .isEqualTo(204);
        await().untilAsserted(() -> {
            CommandResult refused = gate.git("ls-remote as-through-the-api:" + repository + ".git");
            assertThat(refused.output()).contains("Permission denied (publickey)");
        });

        other.program().terminate();
        assertThat(other.program().awaitEnd(Duration.ofSeconds(20))).isTrue();
        assertThat(other.program().exitStatus()).isIn(0, 143);
        assertThat(other.program().log()).contains("stopping", "stopped");
        assertThat(one.send(new ApiCall("GET", "/user", ""), token).statusCode())
                .isEqualTo(200);
        assertCurlCommandsWork(one.url(), token);
    }

    /** Asserts that the curl commands that the quickstart prints work. */
    private void assertCurlCommandsWork(String service, String token) throws Exception {
        Path key = gate.newKey("by-curl");
        var shell = gate.shell().with("GERVE_API", service + "/api/v3").with("GERVE_TOKEN", token);
        String added = shell.run(adding(key).asCurl()).orThrow().output();
        assertThat(added).contains("\"title\":\"Laptop\"");
        assertThat(shell.run(new ApiCall("GET", "/user/keys", "").asCurl()).output())
                .contains(blobOf(key));
        shell.run(new ApiCall("DELETE", "/user/keys/" + idIn(added), "").asCurl())
                .orThrow();
        assertThat(shell.run(new ApiCall("GET", "/user/keys", "").asCurl()).output())
                .doesNotContain(blobOf(key));
    }

    private static ApiCall adding(Path key) throws Exception {
        return new ApiCall("POST", "/user/keys", "{\"title\":\"Laptop\",\"key\":\"" + SshKeys.publicKey(key) + "\"}");
    }

    private static String blobOf(Path key) throws Exception {
        return SshKeys.publicKey(key).split(" ", -1)[1];
    }

    private static String idIn(String body) {
        Matcher id = ID.matcher(body);
        assertThat(id.find()).as(body).isTrue();
        return id.group(1);
    }
}
