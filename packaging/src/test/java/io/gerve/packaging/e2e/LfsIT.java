package io.gerve.packaging.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.testbed.process.CommandResult;
import io.gerve.testbed.process.Shell;
import io.gerve.testbed.site.GateProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** git-lfs with a gate that has an LFS server. */
@ExtendWith(SharedGate.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LfsIT {
    private static final String SECRET = "a secret of the gate and the LFS server";

    private RunningGate site;
    private LfsStore store;
    private GateProcess gate;

    @BeforeAll
    void start(RunningGate shared) throws Exception {
        site = shared;
        store = new LfsStore(SECRET);
        Path secret = Files.writeString(site.site().folder().resolve("lfs_token_secret"), SECRET + "\n");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        gate = site.site()
                .startGate(config -> config
                        + "\n[lfs]\nurl = \"%s\"\ntoken_secret_file = \"lfs_token_secret\"\n".formatted(store.url()));
    }

    @AfterAll
    void stop() {
        store.close();
        gate.close();
    }

    @Test
    void pushedFileIsStoredAndClonedAgain() throws Exception {
        String repository = site.newRepositoryWithHistory();
        pushLargeFile(repository).orThrow();
        assertThat(store.texts(repository)).containsExactly("a large file\n");

        CommandResult clone = shell().run(
                        "git lfs install --skip-repo && git clone -q as-mojombo:%s.git lfs-clone && cat lfs-clone/a.bin"
                                .formatted(repository));
        assertThat(clone.output()).endsWith("a large file\n");
    }

    @Test
    void readerDownloadsAndCannotUpload() throws Exception {
        String repository = site.newRepositoryWithHistory();
        pushLargeFile(repository).orThrow();
        site.cli("collaborator add " + repository + " tom --role read");

        JsonNode download = JsonMapper.shared()
                .readTree(authenticate("tom", repository, "download").orThrow().output());
        assertThat(batch(repository, download, "download")).isEqualTo(200);
        assertThat(batch(repository, download, "upload")).isEqualTo(403);
        assertThat(batch(site.newRepository(), download, "download")).isEqualTo(401);
        CommandResult upload = authenticate("tom", repository, "upload");
        assertThat(upload.status()).isEqualTo(128);
        assertThat(upload.output()).contains("ERROR: Permission to " + repository + ".git denied to tom.");
        assertThat(authenticate("defunkt", repository, "download").output()).contains("ERROR: Repository not found.");
        assertThat(gate.program().log())
                .contains("command=git-lfs-authenticate repository=" + repository)
                .doesNotContain("Bearer", SECRET);
    }

    private CommandResult pushLargeFile(String repository) throws Exception {
        Shell shell = shell();
        return shell.in(shell.folder().resolve(repository))
                .run("git lfs install --local && git lfs track '*.bin' && echo 'a large file' > a.bin && git add ."
                        + " && git commit -q -m large && git push -q origin main");
    }

    private CommandResult authenticate(String user, String repository, String operation) throws Exception {
        return shell().run("$GIT_SSH_COMMAND as-%s 'git-lfs-authenticate %s.git %s'"
                .formatted(user, repository, operation));
    }

    /** Returns the status of a request to the LFS server, with the answer of the gate. */
    private static int batch(String repository, JsonNode answer, String operation) throws Exception {
        URI url = URI.create(answer.get("href").stringValue()).resolve("/" + repository + "/objects/batch");
        HttpRequest request = HttpRequest.newBuilder(url)
                .header(
                        "Authorization",
                        answer.get("header").get("Authorization").stringValue())
                .POST(HttpRequest.BodyPublishers.ofString("{\"operation\":\"" + operation + "\",\"objects\":[]}"))
                .build();
        try (var client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        }
    }

    /** Returns a shell whose git uses the gate with the LFS server. */
    private Shell shell() {
        return site.shell()
                .with(
                        "GIT_SSH_COMMAND",
                        "ssh -F %s -p %d".formatted(site.site().ssh().file(), gate.port()));
    }
}
