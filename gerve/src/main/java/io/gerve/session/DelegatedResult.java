package io.gerve.session;

import io.gerve.routing.FileServerHost;
import java.util.Map;

/** What is to become of a request that another program carries out. */
public sealed interface DelegatedResult {
    /** @param text for the client's standard error, its lines with their ends */
    record Message(String text, int exitStatus) implements DelegatedResult {}

    /** @param text for the client's standard output, its lines with their ends; the exit status is 0 */
    record Output(String text) implements DelegatedResult {}

    /**
     * The client is to be joined to a file server.
     *
     * @param stderrText for the client's standard error before that, its lines with their ends; may be empty
     * @param host answers, as far as is known
     * @param command the only one that the host is to be sent
     * @param environment for the command
     */
    record Connect(String stderrText, FileServerHost host, String command, Map<String, String> environment)
            implements DelegatedResult {
        public Connect {
            environment = Map.copyOf(environment);
        }
    }
}
