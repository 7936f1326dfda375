package io.gerve.agent.client;

import io.gerve.agent.protocol.Greeting;
import io.gerve.agent.protocol.JoinOrder;
import io.gerve.agent.protocol.Question;
import io.gerve.agent.protocol.Reply;
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
 * What the thin clients do, done once against an agent that plays its part: the JVM keeps what it learns meanwhile for their later starts
 * (JEP 514). It ends as they do, but for the execve, which finds no program.
 */
public final class Rehearsal {
    private static final JoinOrder ORDER = new JoinOrder(
            "",
            new JoinOrder.Host("127.0.0.1", 22, "fs1a", "/nonexistent/known_hosts"),
            new JoinOrder.Login("/nonexistent/ssh", "git", "/nonexistent/identity", 5, 20),
            "git-upload-pack 'a/a8/e2/95/mojombo/bert.git'",
            List.of("GIT_PROTOCOL=version=2", "GERVE_ACCOUNT=mojombo", "GERVE_REQUEST=0123456789abcdef"));

    private Rehearsal() {}

    public static void main(String[] args) throws IOException {
        Path folder = Files.createTempDirectory("gerve-rehearsal-");
        Path socket = folder.resolve("socket");
        try (var channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.bind(UnixDomainSocketAddress.of(socket));
            play(channel, new Reply.KeyLine("restrict ssh-ed25519 AAAA"));
            var _ = GerveKeys.run(Arguments.of(List.of("--socket", socket.toString(), "git", "ssh-ed25519", "AAAA")));
            play(channel, new Reply.Join(ORDER));
            var _ = GerveShell.run(Arguments.of(List.of("--socket", socket.toString(), "SHA256:x")), fromSshd());
        } finally {
            Files.deleteIfExists(socket);
            Files.delete(folder);
        }
    }

    private static Map<String, String> fromSshd() {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.put("SSH_CONNECTION", "192.0.2.7 50000 192.0.2.1 22");
        environment.put("SSH_ORIGINAL_COMMAND", "git-upload-pack 'mojombo/bert.git'");
        return environment;
    }

    private static void play(ServerSocketChannel channel, Reply reply) {
        var agent = new Thread(() -> answer(channel, reply), "agent");
        agent.setDaemon(true);
        agent.start();
    }

    private static void answer(ServerSocketChannel listening, Reply reply) {
        try (var channel = listening.accept()) {
            Greeting.write(channel);
            var _ = Question.read(channel);
            reply.write(channel);
        } catch (IOException e) {
            throw new IllegalStateException("the rehearsal's agent failed", e);
        }
    }
}
