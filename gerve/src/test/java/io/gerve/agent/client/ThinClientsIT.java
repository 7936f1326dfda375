package io.gerve.agent.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.agent.protocol.AgentReply;
import io.gerve.agent.protocol.AgentRequest;
import io.gerve.agent.protocol.ProtocolGreeting;
import io.gerve.agent.protocol.SshInvocation;
import io.gerve.agent.protocol.SupervisorLine;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The thin clients as processes, with a stub agent. */
class ThinClientsIT {
    private static final String CANNOT_CHECK =
            "ERROR: Gerve cannot check your access just now. Nothing was changed. Please try again.\n";
    private static final Map<String, String> FROM_SSHD = Map.of(
            "SSH_CONNECTION", "192.0.2.7 50000 192.0.2.1 22",
            "SSH_ORIGINAL_COMMAND", "git-upload-pack 'mojombo/café'",
            "GIT_PROTOCOL", "version=2");

    @TempDir
    private Path folder;

    private record Run(int status, String out, String err) {}

    @Test
    void withoutAgentBothClientsFailTemporarily() throws Exception {
        assertThat(shell(FROM_SSHD, "SHA256:x")).satisfies(ThinClientsIT::failsTemporarily);
        Run keys = keys();
        assertThat(keys.status()).isEqualTo(75);
        assertThat(keys.out()).isEmpty();
        assertThat(keys.err()).startsWith("gerve-keys: cannot look up a key: ");
    }

    /** Connecting to the socket of a stopped agent succeeds. */
    @Test
    void silentAgentTimesOut() throws Exception {
        try (var silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            silent.bind(UnixDomainSocketAddress.of(socket()));
            assertThat(shell(FROM_SSHD, "SHA256:x")).satisfies(ThinClientsIT::failsTemporarily);
            Run keys = keys();
            assertThat(keys.status()).isEqualTo(75);
            assertThat(keys.out()).isEmpty();
        }
    }

    @Test
    void refusalOrUnexpectedReplyIsTemporaryFailure() throws Exception {
        assertThat(answered(new AgentReply.Refused(), () -> shell(FROM_SSHD, "SHA256:x")))
                .satisfies(ThinClientsIT::failsTemporarily);
        assertThat(answered(new AgentReply.KeyLine("x"), () -> shell(FROM_SSHD, "SHA256:x")))
                .satisfies(ThinClientsIT::failsTemporarily);
        assertThat(answered(new AgentReply.Message("Hi!", 0), this::keys).status())
                .isEqualTo(75);
    }

    @Test
    void keyLineIsPrintedAndUnknownKeyPrintsNothing() throws Exception {
        Run known = answered(new AgentReply.KeyLine("restrict ssh-ed25519 AAAA"), this::keys);
        assertThat(known.out()).isEqualTo("restrict ssh-ed25519 AAAA\n");
        assertThat(known.status()).isZero();
        Run unknown = answered(new AgentReply.NoKey(), this::keys);
        assertThat(unknown.out()).isEmpty();
        assertThat(unknown.err()).isEmpty();
        assertThat(unknown.status()).isZero();
    }

    @Test
    void messageOfTheAgentGoesToStandardError() throws Exception {
        Run result = answered(
                new AgentReply.Message("ERROR: Repository café not found.\n", 128), () -> shell(FROM_SSHD, "SHA256:x"));
        assertThat(result.err()).isEqualTo("ERROR: Repository café not found.\n");
        assertThat(result.out()).isEmpty();
        assertThat(result.status()).isEqualTo(128);
    }

    @Test
    void commandIsForwardedUnchanged() throws Exception {
        var received = new CompletableFuture<AgentRequest>();
        var _ = answered(new AgentReply.Refused(), received, () -> shell(FROM_SSHD, "SHA256:x"));
        assertThat(received.join())
                .isEqualTo(new AgentRequest.AuthorizeCommand(
                        "SHA256:x", "192.0.2.7", "git-upload-pack 'mojombo/café'", "version=2"));
    }

    @Test
    void loginShellActsAsForcedCommand() throws Exception {
        Run result = answered(
                new AgentReply.Message("Hi tom!\n", 1),
                () -> run(
                        GerveShell.class, FROM_SSHD, "-c", "/usr/bin/gerve-shell --socket " + socket() + " SHA256:x"));
        assertThat(result.err()).isEqualTo("Hi tom!\n");
        assertThat(result.status()).isEqualTo(1);
    }

    /** Attack: a login that bypasses the forced command, so that the login shell gets the client's command. */
    @Test
    void loginShellRunsNothingElse() throws Exception {
        for (String command :
                new String[] {"git-upload-pack 'mojombo/bert'", "id", "", "/usr/bin/gerve-shell", "sh -c id"}) {
            Run refused = run(GerveShell.class, FROM_SSHD, "-c", command);
            assertThat(refused.err())
                    .isEqualTo("ERROR: This account is for Git over SSH, with a key that Gerve knows.\n");
            assertThat(refused.out()).isEmpty();
            assertThat(refused.status()).isEqualTo(128);
        }
        assertThat(run(GerveShell.class, Map.of(), "SHA256:x").status()).isEqualTo(128);
        assertThat(run(GerveShell.class, FROM_SSHD).status()).isEqualTo(128);
    }

    @Test
    void sshGetsNothingOfTheClientsEnvironment() throws Exception {
        Path ssh = script("""
                echo "pid $$"; echo "in $(cat)"; for word in "$@"; do echo "[$word]"; done; env; ls /proc/$$/fd; exit 42
                """);
        Map<String, String> dirty = Map.of(
                "SSH_CONNECTION", "192.0.2.7 50000 192.0.2.1 22",
                "SSH_ORIGINAL_COMMAND", "git-upload-pack 'mojombo/ernie'",
                "LD_LIBRARY_PATH", "/nonexistent",
                "SSH_AUTH_SOCK", "/nonexistent",
                "HOME", "/srv/git");
        Run result = answered(new AgentReply.Connect(600, invocation(ssh)), () -> shell(dirty, "SHA256:x"));
        assertThat(result.status()).isEqualTo(42);
        assertThat(result.err()).isEqualTo("NOTE: moved.\n");
        assertThat(result.out().lines())
                .contains(
                        "in from the client",
                        "[--]",
                        "[fs3a.example.net]",
                        "[git-upload-pack 'a/a8/e2/95/mojombo/bert.git']",
                        "[StrictHostKeyChecking=yes]",
                        "[UserKnownHostsFile=/run/gerve-agent/known_hosts/fs3a-0]",
                        "[HostKeyAlias=fs3a]",
                        "[BatchMode=yes]",
                        "[/etc/gerve/100%%key]",
                        "GERVE_ACCOUNT=tom",
                        "GIT_PROTOCOL=version=2",
                        "HOME=/srv/git",
                        "PATH=/usr/bin:/bin")
                .noneMatch(line -> line.contains("ernie") || line.contains("nonexistent") || line.startsWith("SSH_"));
        assertThat(result.out().lines().filter(line -> line.matches("[0-9]+")).map(Integer::valueOf))
                .as("open files; the script's own descriptors are 10 and above")
                .allMatch(file -> file < 3 || file >= 10);
    }

    @Test
    void agentEndsTheRunningCommandWithAMessage() throws Exception {
        var ended = new CompletableFuture<Integer>();
        Run result = supervised(600, channel -> {
            SupervisorLine.writeAlive(channel);
            SupervisorLine.writeEnd(channel, 128, "ERROR: This key was revoked. Café\\n %s [01k9]\n");
            ended.complete(channel.read(ByteBuffer.allocate(1)));
        });
        assertThat(result.err()).isEqualTo("NOTE: moved.\nERROR: This key was revoked. Café\\n %s [01k9]\n");
        assertThat(result.out()).isEmpty();
        assertThat(result.status()).isEqualTo(128);
        assertThat(ended.join()).as("the agent learns the end of the command").isEqualTo(-1);
    }

    /** An agent that hangs, or that was stopped by SIGSTOP, cannot revoke anything. */
    @Test
    void runningCommandEndsWhenTheAgentIsSilentForTooLong() throws Exception {
        Run result = supervised(1, channel -> channel.read(ByteBuffer.allocate(1)));
        assertThat(result).satisfies(ThinClientsIT::isEndedWithoutAgent);
    }

    @Test
    void runningCommandEndsSomeTimeAfterTheAgent() throws Exception {
        Run result = supervised(1, _ -> {});
        assertThat(result).satisfies(ThinClientsIT::isEndedWithoutAgent);
    }

    @Test
    void runningCommandEndsWhenTheAgentSendsSomethingElse() throws Exception {
        Run result = supervised(600, channel -> {
            channel.write(ByteBuffer.wrap("alive and well\n".getBytes(UTF_8)));
            channel.read(ByteBuffer.allocate(1));
        });
        assertThat(result).satisfies(ThinClientsIT::isEndedWithoutAgent);
    }

    private static void isEndedWithoutAgent(Run run) {
        assertThat(run.err()).isEqualTo("""
                NOTE: moved.
                ERROR: Gerve can no longer check your access, and has ended the command. Please try again.
                """);
        assertThat(run.out()).isEmpty();
        assertThat(run.status()).isEqualTo(75);
    }

    @Test
    void missingSshIsTemporaryFailure() throws Exception {
        Run failed = answered(
                new AgentReply.Connect(600, invocation(folder.resolve("no-ssh"))), () -> shell(FROM_SSHD, "SHA256:x"));
        assertThat(failed.status()).isEqualTo(75);
        assertThat(failed.err()).endsWith(CANNOT_CHECK);
    }

    private static void failsTemporarily(Run run) {
        assertThat(run.err()).isEqualTo(CANNOT_CHECK);
        assertThat(run.out()).isEmpty();
        assertThat(run.status()).isEqualTo(75);
    }

    private static SshInvocation invocation(Path ssh) {
        return new SshInvocation(
                "NOTE: moved.\n",
                new SshInvocation.Host("fs3a.example.net", 2222, "fs3a", "/run/gerve-agent/known_hosts/fs3a-0"),
                new SshInvocation.Login(ssh.toString(), "git", "/etc/gerve/100%key", 5, 20),
                "git-upload-pack 'a/a8/e2/95/mojombo/bert.git'",
                List.of("GERVE_ACCOUNT=tom", "GIT_PROTOCOL=version=2"));
    }

    private Path script(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("ssh"), "#!/bin/sh\n" + text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }

    @FunctionalInterface
    private interface Call {
        Run run() throws Exception;
    }

    /** What a stub agent does after its reply. */
    @FunctionalInterface
    private interface Supervision {
        void run(SocketChannel channel) throws IOException;
    }

    /** Runs a command that never ends by itself. */
    private Run supervised(int silenceSecondsMax, Supervision supervision) throws Exception {
        var reply = new AgentReply.Connect(silenceSecondsMax, invocation(script("exec sleep 600")));
        return answered(reply, new CompletableFuture<>(), supervision, () -> shell(FROM_SSHD, "SHA256:x"));
    }

    private Run answered(AgentReply reply, Call call) throws Exception {
        return answered(reply, new CompletableFuture<>(), call);
    }

    private Run answered(AgentReply reply, CompletableFuture<AgentRequest> received, Call call) throws Exception {
        return answered(reply, received, _ -> {}, call);
    }

    private Run answered(AgentReply reply, CompletableFuture<AgentRequest> received, Supervision supervision, Call call)
            throws Exception {
        try (var agent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            agent.bind(UnixDomainSocketAddress.of(socket()));
            Thread.ofVirtual().start(() -> {
                try (var channel = agent.accept()) {
                    ProtocolGreeting.write(channel);
                    received.complete(AgentRequest.read(channel));
                    reply.write(channel);
                    supervision.run(channel);
                } catch (IOException e) {
                    received.completeExceptionally(e);
                }
            });
            return call.run();
        } finally {
            Files.delete(socket());
        }
    }

    private Path socket() {
        return folder.resolve("socket");
    }

    private Run keys() throws Exception {
        return run(GerveKeys.class, Map.of(), "--socket", socket().toString(), "git", "ssh-ed25519", "AAAA");
    }

    private Run shell(Map<String, String> environment, String fingerprint) throws Exception {
        return run(GerveShell.class, environment, "--socket", socket().toString(), fingerprint);
    }

    private Run run(Class<?> program, Map<String, String> environment, String... arguments) throws Exception {
        var command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-Dgerve.home=" + Path.of("../packaging/src/main/dist").toRealPath(),
                "-cp",
                Path.of(program.getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI())
                        .toString(),
                program.getName()));
        command.addAll(List.of(arguments));
        Path err = Files.createTempFile(folder, "err", "");
        var builder = new ProcessBuilder(command).redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().putAll(environment);
        Process process = builder.start();
        try (var stdin = process.getOutputStream()) {
            stdin.write("from the client".getBytes(UTF_8));
        } catch (IOException _) {
            // The process ended without reading its input.
        }
        String out = new String(process.getInputStream().readAllBytes(), UTF_8);
        int status = process.waitFor();
        return new Run(status, out, Files.readString(err));
    }
}
