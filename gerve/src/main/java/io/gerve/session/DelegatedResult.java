package io.gerve.session;

import io.gerve.routing.FileServerHost;
import java.util.Map;

/** Result for a request that another program runs. */
public sealed interface DelegatedResult {
    /** @param text text for the standard error of the client, with line ends */
    record Message(String text, int exitStatus) implements DelegatedResult {}

    /** @param text text for the standard output of the client, with line ends; the exit status is 0 */
    record Output(String text) implements DelegatedResult {}

    /**
     * The client must be connected to a file server.
     *
     * @param stderrText text for the standard error of the client before that, with line ends; may be empty
     * @param host host that accepted the last login of the gate
     * @param command the only command that the host may be sent
     * @param environment environment of the command
     * @param running the command as it runs, which the caller closes when it has ended
     */
    record Connect(
            String stderrText,
            FileServerHost host,
            String command,
            Map<String, String> environment,
            DelegatedCommand running)
            implements DelegatedResult {
        public Connect {
            environment = Map.copyOf(environment);
        }
    }
}
