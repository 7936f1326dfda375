package io.gerve.request;

import io.gerve.program.RequestId;
import java.util.Optional;

/** What people may ask about themselves, in place of a git command. */
public sealed interface SelfServiceCommand {
    /** Who am I, by this key? */
    record Whoami() implements SelfServiceCommand {
        private static final String VERB = "whoami";

        @Override
        public String commandName() {
            return VERB;
        }
    }

    /** Why did this request of mine end as it did? */
    record Explain(RequestId request) implements SelfServiceCommand {
        private static final String VERB = "explain";

        @Override
        public String commandName() {
            return VERB;
        }
    }

    String commandName();

    /** @param execLine as the client sent it; there is one spelling of each question
     *  @return empty if it is none */
    static Optional<SelfServiceCommand> parse(String execLine) {
        String explain = Explain.VERB + ' ';
        if (execLine.equals(Whoami.VERB)) {
            return Optional.of(new Whoami());
        }
        return execLine.startsWith(explain)
                ? RequestId.parse(execLine.substring(explain.length())).map(Explain::new)
                : Optional.empty();
    }
}
