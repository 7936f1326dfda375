package io.gerve.agent.client;

import io.gerve.agent.protocol.AgentReply;
import io.gerve.agent.protocol.AgentRequest;
import io.gerve.agent.protocol.SshInvocation;
import io.gerve.program.ExitStatus;
import java.io.File;
import java.io.FileDescriptor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The program {@code gerve-shell [--socket PATH] FINGERPRINT}, sshd's forced command for a key. It runs the client's
 * command if it is a git command that the key's owner is permitted to run; otherwise it prints the reason. As a login
 * shell, sshd calls it as {@code gerve-shell -c "…/gerve-shell FINGERPRINT"}, and it then acts as that command.
 */
public final class GerveShell {
    /** More than git's longest command. The agent refuses a truncated command. */
    private static final int CHARACTERS_MAX = 8 * 1024;

    private static final int FATAL = 128;
    /** The system property with the folder of the distribution. */
    private static final String HOME = "gerve.home";

    private static final String OWN_NAME = "/gerve-shell";
    private static final String NOT_BY_KEY = "ERROR: This account is for Git over SSH, with a key that Gerve knows.\n";
    private static final String CANNOT_CHECK =
            "ERROR: Gerve cannot check your access just now. Nothing was changed. Please try again.\n";

    private GerveShell() {}

    public static void main(String[] args) {
        Runtime.getRuntime().halt(run(Arguments.of(forcedArguments(List.of(args))), System.getenv()));
    }

    /**
     * Returns the arguments of the forced command in the login shell's {@code -c}, if the command is this program. They
     * never need quotes.
     */
    private static List<String> forcedArguments(List<String> arguments) {
        if (arguments.size() != 2 || !arguments.getFirst().equals("-c")) {
            return arguments;
        }
        List<String> command = List.of(arguments.get(1).split(" ", -1));
        return command.getFirst().endsWith(OWN_NAME) ? command.subList(1, command.size()) : List.of();
    }

    /**
     * Runs the program. Does not return if the process becomes the supervisor of ssh.
     *
     * @return the exit status
     */
    static int run(Arguments arguments, Map<String, String> environment) {
        String connection = environment.getOrDefault("SSH_CONNECTION", "");
        if (arguments.values().size() != 1 || connection.isEmpty()) {
            StandardError.print(NOT_BY_KEY);
            return FATAL;
        }
        var request = new AgentRequest.AuthorizeCommand(
                arguments.values().getFirst(),
                connection.substring(0, Math.max(0, connection.indexOf(' '))),
                truncate(environment.getOrDefault("SSH_ORIGINAL_COMMAND", "")),
                truncate(environment.getOrDefault("GIT_PROTOCOL", "")));
        try (var agent = AgentClient.connect(
                arguments.socket(), () -> Runtime.getRuntime().halt(unavailable()))) {
            return execute(agent.request(request), environment);
        } catch (IOException _) {
            return unavailable();
        }
    }

    private static String truncate(String text) {
        return text.length() <= CHARACTERS_MAX ? text : text.substring(0, CHARACTERS_MAX);
    }

    private static int execute(AgentReply reply, Map<String, String> environment) {
        if (reply instanceof AgentReply.Message(String text, int exitStatus)) {
            StandardError.print(text);
            return exitStatus;
        }
        if (reply instanceof AgentReply.Output(String text)) {
            StandardError.write(FileDescriptor.out, text);
            return ExitStatus.DONE;
        }
        if (reply instanceof AgentReply.Connect(int silenceSecondsMax, SshInvocation invocation)) {
            StandardError.print(invocation.stderrText());
            supervise(invocation, silenceSecondsMax, environment);
        }
        return unavailable();
    }

    /** Becomes the supervisor, which runs ssh. Returns only if a program is missing. */
    private static void supervise(SshInvocation invocation, int silenceSecondsMax, Map<String, String> environment) {
        String supervisor = System.getProperty(HOME, "").concat("/share/command-supervisor");
        for (String program : new String[] {supervisor, invocation.login().program()}) {
            if (!new File(program).canExecute()) {
                StandardError.print("gerve-shell: cannot run ".concat(program).concat("\n"));
                return;
            }
        }
        var ssh = new SshCommand(invocation);
        var execve = new Execve();
        List<String> arguments = new ArrayList<>();
        arguments.add(supervisor);
        arguments.add(Integer.toString(execve.inheritedConnection()));
        arguments.add(Integer.toString(silenceSecondsMax));
        arguments.addAll(ssh.arguments());
        execve.replaceProcess(supervisor, arguments, ssh.environment(environment));
    }

    private static int unavailable() {
        StandardError.print(CANNOT_CHECK);
        return ExitStatus.TRY_AGAIN;
    }
}
