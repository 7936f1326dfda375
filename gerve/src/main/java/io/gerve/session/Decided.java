package io.gerve.session;

import io.gerve.chimney.FileServerHost;
import java.util.Map;

/** What is to become of a request that another program carries out. */
public sealed interface Decided {
    /** @param text for the client's standard error, its lines with their ends */
    record Told(String text, int exitStatus) implements Decided {}

    /** @param text for the client's standard output, its lines with their ends; the exit status is 0 */
    record Answered(String text) implements Decided {}

    /**
     * The client is to be joined to a file server.
     *
     * @param note for the client's standard error before that, its lines with their ends; may be empty
     * @param host answers, as far as is known
     * @param command the only one that the host is to be sent
     * @param environment for the command
     */
    record Join(String note, FileServerHost host, String command, Map<String, String> environment) implements Decided {
        public Join {
            environment = Map.copyOf(environment);
        }
    }
}
