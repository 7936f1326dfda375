package io.gerve.agent.client;

import io.gerve.agent.protocol.AgentReply;
import io.gerve.agent.protocol.AgentRequest;
import java.io.FileDescriptor;
import java.io.IOException;
import java.util.List;

/**
 * The program {@code gerve-keys [--socket PATH] USER TYPE KEY}, sshd's {@code AuthorizedKeysCommand} with
 * {@code %u %t %k}. It prints the authorized_keys line for the key, or nothing if the key is not registered.
 */
public final class GerveKeys {
    private static final int FOUND_OUT = 0;
    private static final int USAGE = 64;
    /** EX_TEMPFAIL of sysexits.h. */
    private static final int TRY_AGAIN = 75;

    private GerveKeys() {}

    public static void main(String[] args) {
        Runtime.getRuntime().halt(run(Arguments.of(List.of(args))));
    }

    /** @return the exit status */
    static int run(Arguments arguments) {
        List<String> values = arguments.values();
        if (values.size() != 3) {
            StandardError.print("gerve-keys: Usage: gerve-keys [--socket PATH] USER TYPE KEY\n");
            return USAGE;
        }
        var request = new AgentRequest.FindKey(values.get(0), values.get(1), values.get(2));
        try {
            return print(new AgentClient(arguments.socket())
                    .request(request, () -> Runtime.getRuntime().halt(unavailable("the agent does not respond"))));
        } catch (IOException e) {
            return unavailable(arguments.socket() + ": " + e.getMessage());
        }
    }

    private static int print(AgentReply reply) {
        if (reply instanceof AgentReply.KeyLine(String text)) {
            StandardError.write(FileDescriptor.out, text.concat("\n"));
            return FOUND_OUT;
        }
        return reply instanceof AgentReply.NoKey ? FOUND_OUT : unavailable("the agent does not answer this");
    }

    private static int unavailable(String why) {
        StandardError.print("gerve-keys: cannot look up a key: " + why + "\n");
        return TRY_AGAIN;
    }
}
