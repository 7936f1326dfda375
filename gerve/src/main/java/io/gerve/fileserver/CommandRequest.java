package io.gerve.fileserver;

import java.io.OutputStream;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Command to run on a host, with its environment and the streams for its output. */
record CommandRequest(String line, Map<String, String> environment, OutputStream stdout, OutputStream stderr) {
    private static final Predicate<String> ONE_LINE =
            Pattern.compile("[^\\p{Cntrl}]{0,4096}").asMatchPredicate();
    private static final Predicate<String> VARIABLE =
            Pattern.compile("[A-Z][A-Z0-9_]{0,63}").asMatchPredicate();

    /**
     * Rejects values with line breaks. A file server trusts the values of the gate, so a value that could be read as
     * two is a bug in the caller.
     */
    CommandRequest {
        environment = Map.copyOf(environment);
        require(!line.isEmpty() && ONE_LINE.test(line), "command must be one line of text");
        require(
                environment.keySet().stream().allMatch(VARIABLE),
                "variable name must consist of capitals, digits and '_'");
        require(environment.values().stream().allMatch(ONE_LINE), "variable value must be one line of text");
    }

    private static void require(boolean fulfilled, String rule) {
        if (!fulfilled) {
            throw new IllegalArgumentException(rule);
        }
    }
}
