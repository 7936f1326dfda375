package io.gerve.fileserver;

import java.io.OutputStream;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** What a host is asked to run, and where its output goes. */
record CommandRequest(String line, Map<String, String> environment, OutputStream stdout, OutputStream stderr) {
    private static final Predicate<String> ONE_LINE =
            Pattern.compile("[^\\p{Cntrl}]{0,4096}").asMatchPredicate();
    private static final Predicate<String> VARIABLE =
            Pattern.compile("[A-Z][A-Z0-9_]{0,63}").asMatchPredicate();

    /** A file server trusts what the gate tells it, so a value that could be read as two is a mistake of the caller. */
    CommandRequest {
        environment = Map.copyOf(environment);
        require(!line.isEmpty() && ONE_LINE.test(line), "a command is one line of text");
        require(environment.keySet().stream().allMatch(VARIABLE), "a variable is named in capitals, digits and '_'");
        require(environment.values().stream().allMatch(ONE_LINE), "a variable's value is one line of text");
    }

    private static void require(boolean fulfilled, String rule) {
        if (!fulfilled) {
            throw new IllegalArgumentException(rule);
        }
    }
}
