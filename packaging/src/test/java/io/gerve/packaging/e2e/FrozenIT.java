package io.gerve.packaging.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.testbed.fileserver.OpensshFileServer;
import io.gerve.testbed.site.GateProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests with a file server and a client that are both suspended in the middle of a transfer. Whichever continues first,
 * the client gets every byte or a line that names the cause, and the gate leaks neither a thread nor the one session
 * that mojombo may have.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
@Tag("soak")
class FrozenIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Several times the size of all windows and buffers between file server and client. */
    private static final int MEBIBYTES = 32;

    private final RunningGate site;
    private final GateProcess gate;
    private String repository = "";
    private byte[] whole = new byte[0];

    FrozenIT(@TempDir Path folder) throws Exception {
        site = RunningGate.start(folder);
        // The gate gives up a silent host after 7.5 s.
        gate = site.site()
                .startGate(config -> config.replace("[file_servers]", "[file_servers]\nkeepalive_interval = \"3s\"")
                        .replaceFirst("sessions_per_account_max = \\d+", "sessions_per_account_max = 1"));
        site.site().ssh().addHost("as-mojombo-here", gate.port(), folder.resolve("keys/mojombo"));
    }

    @BeforeAll
    void makeRepository() throws Exception {
        assertThat(site.site().fileServers().getFirst()).isInstanceOf(OpensshFileServer.class);
        repository = site.newRepository();
        site.shell()
                .run("git init -q -b main big && cd big && head -c %dM /dev/urandom > part && git add ."
                                .formatted(MEBIBYTES)
                        + " && git -c core.compression=0 commit -q -m big && git push -q as-mojombo:%s.git main"
                                .formatted(repository))
                .orThrow();
        try (var client = new Archive()) {
            whole = tarIn(client.rest());
            assertThat(client.exitStatus()).isZero();
        }
        assertThat(whole.length).isGreaterThan(MEBIBYTES << 20);
    }

    @AfterAll
    void stop() {
        site.close();
    }

    /**
     * The gate does not read from the host while it waits for the client, and must not treat that as silence of the
     * host.
     */
    @Test
    void transferCompletesWhenTheFileServerContinuesFirst() throws Exception {
        try (var client = new Archive()) {
            client.readSome();
            fileServer("STOP");
            pauseLongerThanTheKeepaliveTimeout();
            fileServer("CONT");

            assertThat(Arrays.equals(tarIn(client.rest()), whole)).isTrue();
            assertThat(client.exitStatus()).isZero();
        }
        assertNothingIsLeaked();
    }

    @Test
    void transferCompletesWhenTheFileServerContinuesInTime() throws Exception {
        try (var client = new Archive()) {
            client.readSome();
            fileServer("STOP");
            client.readSome();
            fileServer("CONT");

            assertThat(Arrays.equals(tarIn(client.rest()), whole)).isTrue();
            assertThat(client.exitStatus()).isZero();
        }
        assertNothingIsLeaked();
    }

    @Test
    void transferFailsWithACauseWhenTheFileServerContinuesTooLate() throws Exception {
        try (var client = new Archive()) {
            client.readSome();
            fileServer("STOP");
            try {
                pauseLongerThanTheKeepaliveTimeout();
                String text = new String(client.rest(), ISO_8859_1);
                assertThat(text.length()).isLessThan(whole.length);
                assertThat(text.substring(text.length() - 500))
                        .contains("ERROR: The connection to the server that stores " + repository + " was lost.");
                assertThat(client.exitStatus()).isEqualTo(75);
            } finally {
                fileServer("CONT");
            }
        }
        assertNothingIsLeaked();
    }

    /** Returns the archive without the packet boundaries, which differ in every run. */
    private static byte[] tarIn(byte[] response) {
        var tar = new ByteArrayOutputStream();
        for (int position = 0; position < response.length; ) {
            int length = Integer.parseInt(new String(response, position, 4, US_ASCII), 16);
            if (length > 4 && response[position + 4] == 1) {
                tar.write(response, position + 5, length - 5);
            }
            position += Math.max(4, length);
        }
        return tar.toByteArray();
    }

    private static void pauseLongerThanTheKeepaliveTimeout() {
        await().pollDelay(Duration.ofSeconds(11)).atMost(LIMIT).until(() -> true);
    }

    /** Asserts that no request thread is left, and that mojombo, who may have one session, can start another. */
    private void assertNothingIsLeaked() {
        await().atMost(LIMIT).untilAsserted(() -> assertThat(threads()).doesNotContainPattern("ssh-request-\\d"));
        await().atMost(LIMIT).untilAsserted(() -> {
            var list = site.git("ls-remote as-mojombo-here:" + repository + ".git");
            assertThat(list.status()).as(list.output()).isZero();
        });
        assertThat(gate.program().isRunning()).isTrue();
    }

    private String threads() throws Exception {
        Path dump = site.site().folder().resolve("threads.json");
        Files.deleteIfExists(dump);
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        site.shell()
                .run("'%s' %d Thread.dump_to_file -format=json '%s'"
                        .formatted(jcmd, gate.program().pid(), dump))
                .orThrow();
        return Files.readString(dump);
    }

    private void fileServer(String signal) throws Exception {
        var server = (OpensshFileServer) site.site().fileServers().getFirst();
        var listener = ProcessHandle.of(server.program().pid()).orElseThrow();
        String all = Stream.concat(Stream.of(listener), listener.descendants())
                .map(process -> Long.toString(process.pid()))
                .collect(Collectors.joining(" "));
        // In one command, since the gate's timeout is running. A process that has just ended needs no signal.
        site.shell()
                .run("for p in %2$s; do kill -%1$s $p || ! kill -0 $p || exit 1; done".formatted(signal, all))
                .orThrow();
    }

    /** Client that has requested an archive of the repository, and reads it when the test calls its methods. */
    private final class Archive implements AutoCloseable {
        private final Process process;
        private final ByteArrayOutputStream read = new ByteArrayOutputStream();

        Archive() throws IOException {
            process = site.shell()
                    .start("exec ssh -F %s -T as-mojombo-here \"git-upload-archive '%s'\""
                            .formatted(site.site().ssh().file(), repository));
            process.getOutputStream().write("0011argument HEAD0000".getBytes(US_ASCII));
            process.getOutputStream().flush();
        }

        void readSome() throws IOException {
            read.write(process.getInputStream().readNBytes(1_000_000));
        }

        byte[] rest() throws IOException {
            InputStream stdout = process.getInputStream();
            stdout.transferTo(read);
            return read.toByteArray();
        }

        int exitStatus() throws InterruptedException {
            assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            return process.exitValue();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
