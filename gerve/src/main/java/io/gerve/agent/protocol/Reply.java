package io.gerve.agent.protocol;

import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/** What the agent answers. */
public sealed interface Reply {
    /** For sshd, on the standard output: {@code restrict,command="…" ssh-ed25519 AAAA…}. */
    record KeyLine(String text) implements Reply {
        private static final String KIND = "key-line";

        @Override
        public Frame frame() {
            return new Frame(List.of(KIND, text));
        }
    }

    /** Nobody's key. */
    record NoKey() implements Reply {
        private static final String KIND = "no-key";

        @Override
        public Frame frame() {
            return new Frame(List.of(KIND));
        }
    }

    /** For the client's standard error, and that was all. */
    record Told(String text, int exitStatus) implements Reply {
        private static final String KIND = "told";

        @Override
        public Frame frame() {
            return new Frame(List.of(KIND, text, Integer.toString(exitStatus)));
        }
    }

    /** For the client's standard output, and that was all; the exit status is 0. */
    record Answered(String text) implements Reply {
        private static final String KIND = "answered";

        @Override
        public Frame frame() {
            return new Frame(List.of(KIND, text));
        }
    }

    /** The command goes on to a file server. */
    record Join(JoinOrder order) implements Reply {
        private static final String KIND = "join";

        @Override
        public Frame frame() {
            return order.frame(KIND);
        }
    }

    /** It does not answer this one, be it for lack of room or because the asker may not ask it. */
    record Refused() implements Reply {
        private static final String KIND = "refused";

        @Override
        public Frame frame() {
            return new Frame(List.of(KIND));
        }
    }

    Frame frame();

    static Reply parse(Frame frame) throws MalformedMessage {
        List<String> fields = frame.fields();
        String kind = fields.isEmpty() ? "" : fields.getFirst();
        if (kind.equals(KeyLine.KIND) && fields.size() == 2) {
            return new KeyLine(fields.get(1));
        }
        if (kind.equals(NoKey.KIND) && fields.size() == 1) {
            return new NoKey();
        }
        if (kind.equals(Told.KIND) && fields.size() == 3) {
            return new Told(fields.get(1), Form.number(fields.get(2), 0, 255));
        }
        if (kind.equals(Answered.KIND) && fields.size() == 2) {
            return new Answered(fields.get(1));
        }
        if (kind.equals(Join.KIND)) {
            return new Join(JoinOrder.parse(fields.subList(1, fields.size())));
        }
        if (kind.equals(Refused.KIND) && fields.size() == 1) {
            return new Refused();
        }
        throw new MalformedMessage("no reply");
    }

    static Reply read(ReadableByteChannel channel) throws IOException {
        return parse(Frame.read(channel));
    }

    default void write(WritableByteChannel channel) throws IOException {
        frame().write(channel);
    }
}
