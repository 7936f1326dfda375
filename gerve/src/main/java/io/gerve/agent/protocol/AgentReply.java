package io.gerve.agent.protocol;

import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;

/** A reply of the agent. */
public sealed interface AgentReply {
    /**
     * The authorized_keys line for sshd, printed on standard output: {@code restrict,command="…" ssh-ed25519 AAAA…}.
     */
    record KeyLine(String text) implements AgentReply {
        private static final String KIND = "key_line";

        @Override
        public Frame frame() {
            return new Frame(List.of(KIND, text));
        }
    }

    /** The key is not registered. */
    record NoKey() implements AgentReply {
        private static final String KIND = "no_key";

        @Override
        public Frame frame() {
            return new Frame(List.of(KIND));
        }
    }

    /** A message for the client's standard error, after which the command ends. */
    record Message(String text, int exitStatus) implements AgentReply {
        private static final String KIND = "message";

        @Override
        public Frame frame() {
            return new Frame(List.of(KIND, text, Integer.toString(exitStatus)));
        }
    }

    /** Text for the client's standard output, after which the command ends with exit status 0. */
    record Output(String text) implements AgentReply {
        private static final String KIND = "output";

        @Override
        public Frame frame() {
            return new Frame(List.of(KIND, text));
        }
    }

    /**
     * The command is to be run on a file server. The connection stays open while it runs ({@link SupervisorLine}).
     *
     * @param silenceSecondsMax the time without a line from the agent after which the command is ended
     */
    record Connect(int silenceSecondsMax, SshInvocation invocation) implements AgentReply {
        private static final String KIND = "connect";

        @Override
        public Frame frame() {
            List<String> fields = new ArrayList<>(List.of(KIND, Integer.toString(silenceSecondsMax)));
            fields.addAll(invocation.fields());
            return new Frame(fields);
        }
    }

    /** The agent refuses the request, because of its limit or because the peer lacks permission. */
    record Refused() implements AgentReply {
        private static final String KIND = "refused";

        @Override
        public Frame frame() {
            return new Frame(List.of(KIND));
        }
    }

    Frame frame();

    static AgentReply parse(Frame frame) throws MalformedMessage {
        List<String> fields = frame.fields();
        String kind = fields.isEmpty() ? "" : fields.getFirst();
        if (kind.equals(KeyLine.KIND) && fields.size() == 2) {
            return new KeyLine(fields.get(1));
        }
        if (kind.equals(NoKey.KIND) && fields.size() == 1) {
            return new NoKey();
        }
        if (kind.equals(Message.KIND) && fields.size() == 3) {
            return new Message(fields.get(1), FieldFormat.number(fields.get(2), 0, 255));
        }
        if (kind.equals(Output.KIND) && fields.size() == 2) {
            return new Output(fields.get(1));
        }
        if (kind.equals(Connect.KIND) && fields.size() > 2) {
            return new Connect(
                    FieldFormat.number(fields.get(1), 1, Integer.MAX_VALUE),
                    SshInvocation.parse(fields.subList(2, fields.size())));
        }
        if (kind.equals(Refused.KIND) && fields.size() == 1) {
            return new Refused();
        }
        throw new MalformedMessage("unknown reply");
    }

    static AgentReply read(ReadableByteChannel channel) throws IOException {
        return parse(Frame.read(channel));
    }

    default void write(WritableByteChannel channel) throws IOException {
        frame().write(channel);
    }
}
