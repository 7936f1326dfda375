package io.gerve.agent.client;

import io.gerve.agent.protocol.AgentReply;
import io.gerve.agent.protocol.AgentRequest;
import io.gerve.program.ExitStatus;
import java.io.FileDescriptor;
import java.io.IOException;
import java.util.List;

/**
 * The program {@code gerve-keys [--socket PATH] USER TYPE KEY}, sshd's {@code AuthorizedKeysCommand} with
 * {@code %u %t %k}. It prints the authorized_keys line for the key, or nothing if the key is not registered.
 */
public final class GerveKeys {
    private GerveKeys() {}

    public static void main(String[] args) {
        Runtime.getRuntime().halt(run(Arguments.of(List.of(args))));
    }

    /** @return the exit status */
    static int run(Arguments arguments) {
        List<String> values = arguments.values();
        if (values.size() != 3) {
            StandardError.print("gerve-keys: Usage: gerve-keys [--socket PATH] USER TYPE KEY\n");
            return ExitStatus.USAGE;
        }
        var request = new AgentRequest.FindKey(values.get(0), values.get(1), values.get(2));
        try (var agent = AgentClient.connect(
                arguments.socket(), () -> Runtime.getRuntime().halt(unavailable("the agent does not respond")))) {
            return print(agent.request(request));
        } catch (IOException e) {
            return unavailable(arguments.socket() + ": " + e.getMessage());
        }
    }

    private static int print(AgentReply reply) {
        if (reply instanceof AgentReply.KeyLine(String text)) {
            StandardError.write(FileDescriptor.out, text.concat("\n"));
            return ExitStatus.DONE;
        }
        return reply instanceof AgentReply.NoKey ? ExitStatus.DONE : unavailable("the agent does not answer this");
    }

    private static int unavailable(String why) {
        StandardError.print("gerve-keys: cannot look up a key: " + why + "\n");
        return ExitStatus.TRY_AGAIN;
    }
}
