package io.gerve.agent.client;

import io.gerve.agent.protocol.AgentReply;
import io.gerve.agent.protocol.AgentRequest;
import io.gerve.agent.protocol.SshInvocation;
import java.io.FileDescriptor;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * {@code gerve-shell [--socket PATH] FINGERPRINT}, the command that sshd is made to run for a key: runs the one that the client asked for
 * if it is a git command that the key's owner may give, and says why if not. As a login shell it is called as {@code gerve-shell -c
 * "…/gerve-shell FINGERPRINT"} and then is that command itself.
 */
public final class GerveShell {
    /** More than git's longest: what is cut is refused, and shown cut shorter. */
    private static final int CHARACTERS_MAX = 8 * 1024;

    private static final int FATAL = 128;
    private static final int TRY_AGAIN = 75;
    private static final String OWN_NAME = "/gerve-shell";
    private static final String NOT_BY_KEY = "ERROR: This account is for Git over SSH, with a key that Gerve knows.\n";
    private static final String CANNOT_CHECK =
            "ERROR: Gerve cannot check your access just now. Nothing was changed. Please try again.\n";

    private GerveShell() {}

    public static void main(String[] args) {
        Runtime.getRuntime().halt(run(Arguments.of(forced(List.of(args))), System.getenv()));
    }

    /** What stands behind the login shell's {@code -c}, if that is this program; without quotes, since none of it needs any. */
    private static List<String> forced(List<String> arguments) {
        if (arguments.size() != 2 || !arguments.getFirst().equals("-c")) {
            return arguments;
        }
        List<String> words = List.of(arguments.get(1).split(" ", -1));
        return words.getFirst().endsWith(OWN_NAME) ? words.subList(1, words.size()) : List.of();
    }

    /** @return the exit status; does not return if it becomes another program */
    static int run(Arguments arguments, Map<String, String> environment) {
        String connection = environment.getOrDefault("SSH_CONNECTION", "");
        if (arguments.values().size() != 1 || connection.isEmpty()) {
            StandardError.print(NOT_BY_KEY);
            return FATAL;
        }
        var question = new AgentRequest.AuthorizeCommand(
                arguments.values().getFirst(),
                connection.substring(0, Math.max(0, connection.indexOf(' '))),
                cut(environment.getOrDefault("SSH_ORIGINAL_COMMAND", "")),
                cut(environment.getOrDefault("GIT_PROTOCOL", "")));
        try {
            return carryOut(
                    new AgentClient(arguments.socket())
                            .request(question, () -> Runtime.getRuntime().halt(unavailable())),
                    environment);
        } catch (IOException _) {
            return unavailable();
        }
    }

    private static String cut(String text) {
        return text.length() <= CHARACTERS_MAX ? text : text.substring(0, CHARACTERS_MAX);
    }

    private static int carryOut(AgentReply reply, Map<String, String> environment) {
        if (reply instanceof AgentReply.Message(String text, int exitStatus)) {
            StandardError.print(text);
            return exitStatus;
        }
        if (reply instanceof AgentReply.Output(String text)) {
            StandardError.write(FileDescriptor.out, text);
            return 0;
        }
        if (reply instanceof AgentReply.Connect(SshInvocation order)) {
            StandardError.print(order.stderrText());
            var ssh = new SshCommand(order);
            new Execve().replaceProcess(order.login().program(), ssh.arguments(), ssh.environment(environment));
            StandardError.print("gerve-shell: cannot run " + order.login().program() + "\n");
        }
        return unavailable();
    }

    private static int unavailable() {
        StandardError.print(CANNOT_CHECK);
        return TRY_AGAIN;
    }
}
