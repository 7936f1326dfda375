package io.gerve.agent.protocol;

import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/** What the agent can be asked. The texts are as sshd gave them: the agent believes none of them to be well-formed. */
public sealed interface AgentRequest {
    /**
     * What sshd is to be told of a key that somebody offers.
     *
     * @param user whom they want to log in as
     * @param type the key's, as OpenSSH spells it
     * @param blob in base64
     */
    record FindKey(String user, String type, String blob) implements AgentRequest {
        private static final String KIND = "key";

        @Override
        public Frame frame() {
            return new Frame(List.of(KIND, user, type, blob));
        }
    }

    /**
     * What is to become of a command.
     *
     * @param fingerprint of the key that sshd let in
     * @param address the client's
     * @param execLine the command, empty if there is none
     * @param protocol the client's {@code GIT_PROTOCOL}, empty if there is none
     */
    record AuthorizeCommand(String fingerprint, String address, String execLine, String protocol)
            implements AgentRequest {
        private static final String KIND = "command";

        @Override
        public Frame frame() {
            return new Frame(List.of(KIND, fingerprint, address, execLine, protocol));
        }
    }

    Frame frame();

    static AgentRequest parse(Frame frame) throws MalformedMessage {
        List<String> fields = frame.fields();
        String kind = fields.isEmpty() ? "" : fields.getFirst();
        if (kind.equals(FindKey.KIND) && fields.size() == 4) {
            return new FindKey(fields.get(1), fields.get(2), fields.get(3));
        }
        if (kind.equals(AuthorizeCommand.KIND) && fields.size() == 5) {
            return new AuthorizeCommand(fields.get(1), fields.get(2), fields.get(3), fields.get(4));
        }
        throw new MalformedMessage("no question");
    }

    static AgentRequest read(ReadableByteChannel channel) throws IOException {
        return parse(Frame.read(channel));
    }

    default void write(WritableByteChannel channel) throws IOException {
        frame().write(channel);
    }
}
