package io.gerve.agent.client;

import io.gerve.agent.protocol.AgentReply;
import io.gerve.agent.protocol.AgentRequest;
import io.gerve.agent.protocol.ProtocolGreeting;
import io.gerve.agent.protocol.SshInvocation;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Training run for the AOT cache of the thin clients (JEP 514). It runs both clients once against a stub agent. The
 * final execve fails because its program is a folder.
 */
public final class AotTrainingRun {
    private static final SshInvocation INVOCATION = new SshInvocation(
            "",
            new SshInvocation.Host("127.0.0.1", 22, "fs1a", "/nonexistent/known_hosts"),
            new SshInvocation.Login("/", "git", "/nonexistent/identity", 5, 20),
            "git-upload-pack 'a/a8/e2/95/mojombo/bert.git'",
            List.of("GIT_PROTOCOL=version=2", "GERVE_ACCOUNT=mojombo", "GERVE_REQUEST=0123456789abcdef"));

    private AotTrainingRun() {}

    public static void main(String[] args) throws IOException {
        Path folder = Files.createTempDirectory("gerve-aot-training-");
        Path socket = folder.resolve("socket");
        Path supervisor = Files.createDirectories(folder.resolve("share/command-supervisor"));
        System.setProperty("gerve.home", folder.toString());
        try (var channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.bind(UnixDomainSocketAddress.of(socket));
            startAgent(channel, new AgentReply.KeyLine("restrict ssh-ed25519 AAAA"));
            var _ = GerveKeys.run(Arguments.of(List.of("--socket", socket.toString(), "git", "ssh-ed25519", "AAAA")));
            startAgent(channel, new AgentReply.Connect(600, INVOCATION));
            var _ = GerveShell.run(Arguments.of(List.of("--socket", socket.toString(), "SHA256:x")), sshdEnvironment());
        } finally {
            Files.deleteIfExists(socket);
            Files.delete(supervisor);
            Files.delete(supervisor.getParent());
            Files.delete(folder);
        }
    }

    private static Map<String, String> sshdEnvironment() {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.put("SSH_CONNECTION", "192.0.2.7 50000 192.0.2.1 22");
        environment.put("SSH_ORIGINAL_COMMAND", "git-upload-pack 'mojombo/bert.git'");
        return environment;
    }

    private static void startAgent(ServerSocketChannel channel, AgentReply reply) {
        var agent = new Thread(() -> serveOnce(channel, reply), "stub-agent");
        agent.setDaemon(true);
        agent.start();
    }

    private static void serveOnce(ServerSocketChannel listener, AgentReply reply) {
        try (var channel = listener.accept()) {
            ProtocolGreeting.write(channel);
            var _ = AgentRequest.read(channel);
            reply.write(channel);
        } catch (IOException e) {
            throw new IllegalStateException("the stub agent failed", e);
        }
    }
}
