package io.gerve.request;

import io.gerve.program.RequestId;
import java.util.Optional;

/** Command with which users ask about themselves, in place of a git command. */
public sealed interface SelfServiceCommand {
    /** Command that shows the account of the key. */
    record Whoami() implements SelfServiceCommand {
        @Override
        public RequestRule rule() {
            return RequestRule.WHOAMI;
        }
    }

    /** Command that shows why a request of the account ended as it did. */
    record Explain(RequestId request) implements SelfServiceCommand {
        @Override
        public RequestRule rule() {
            return RequestRule.EXPLAIN;
        }
    }

    /** Returns the rule by which the command is answered. Its label is the name of the command. */
    RequestRule rule();

    /**
     * Parses an exec line. Each command has exactly one spelling.
     *
     * @param execLine as the client sent it
     * @return empty if the line is not a self-service command
     */
    static Optional<SelfServiceCommand> parse(String execLine) {
        String explain = RequestRule.EXPLAIN.label() + ' ';
        if (execLine.equals(RequestRule.WHOAMI.label())) {
            return Optional.of(new Whoami());
        }
        return execLine.startsWith(explain)
                ? RequestId.parse(execLine.substring(explain.length())).map(Explain::new)
                : Optional.empty();
    }
}
