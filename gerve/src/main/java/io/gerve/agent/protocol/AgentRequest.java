package io.gerve.agent.protocol;

import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/** A request to the agent. The texts are passed on from sshd unchecked; the agent validates all of them. */
public sealed interface AgentRequest {
    /**
     * Look-up of a key that a client offers to sshd.
     *
     * @param user the user name that the client asked for
     * @param type the type of the key, as OpenSSH spells it
     * @param blob the key in base64
     */
    record FindKey(String user, String type, String blob) implements AgentRequest {
        private static final String KIND = "key";

        @Override
        public Frame frame() {
            return new Frame(List.of(KIND, user, type, blob));
        }
    }

    /**
     * Authorization of a command.
     *
     * @param fingerprint the fingerprint of the key that sshd authenticated
     * @param address the client's address
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
        throw new MalformedMessage("unknown request");
    }

    static AgentRequest read(ReadableByteChannel channel) throws IOException {
        return parse(Frame.read(channel));
    }

    default void write(WritableByteChannel channel) throws IOException {
        frame().write(channel);
    }
}
