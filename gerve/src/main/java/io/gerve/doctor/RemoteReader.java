package io.gerve.doctor;

import io.gerve.config.Durations;
import io.gerve.fileserver.FileServerUnavailable;
import io.gerve.fileserver.FileServers;
import io.gerve.fileserver.RemoteCommand;
import io.gerve.fileserver.RemoteExit;
import io.gerve.routing.FileServerHost;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runner of the commands of {@code gerve-repository} that change nothing. Safe for use by many threads. */
final class RemoteReader {
    private static final String PROGRAM = "gerve-repository ";
    /** Version that the program prints first, as packaging/file-server has it. */
    private static final String VERSION = "gerve-repository 5";

    private static final String END = "end";
    private static final int REPLY_BYTES_MAX = 256 * 1024;
    private static final int MESSAGE_BYTES_MAX = 4096;
    private static final String RUN_SETUP =
            "Copy share/file-server there, and run: ./setup --gate-key file_server_key.pub";

    private final FileServers servers;
    private final Duration timeout;

    /** @param timeout maximum time of one command, without the time to connect */
    RemoteReader(FileServers servers, Duration timeout) {
        this.servers = servers;
        this.timeout = timeout;
    }

    /**
     * Runs a command and returns its lines between the version and the end.
     *
     * @param command {@code inspect} or {@code state}
     * @param input lines for its standard input
     * @throws UnusableHost if the host ran the command and did not reply as it must
     * @throws FileServerUnavailable if the host did not run the command
     */
    List<String> run(FileServerHost host, String command, List<String> input)
            throws UnusableHost, FileServerUnavailable, InterruptedException {
        var reply = new BoundedText(REPLY_BYTES_MAX);
        var message = new BoundedText(MESSAGE_BYTES_MAX);
        try (RemoteCommand running = servers.start(host, PROGRAM + command, Map.of(), reply, message)) {
            Thread writer = Thread.ofVirtual().start(() -> write(running, input));
            Optional<RemoteExit> exit = running.await(timeout);
            writer.interrupt();
            requireSuccess(exit, message);
            return facts(reply.lines());
        }
    }

    private static void write(RemoteCommand running, List<String> input) {
        try (OutputStream stdin = running.stdin()) {
            for (String line : input) {
                stdin.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException _) {
            // The command has ended; its exit status says how.
        }
    }

    private void requireSuccess(Optional<RemoteExit> exit, BoundedText message) throws UnusableHost {
        if (exit.isEmpty()) {
            throw new UnusableHost(
                    "It did not answer within " + Durations.text(timeout) + ".", "On its machine, see what hangs: top");
        }
        switch (exit.get()) {
            case RemoteExit.Exited(int status) -> requireSuccess(status, message);
            case RemoteExit.Signalled(String signal) ->
                throw new UnusableHost("gerve-repository was killed by " + signal + ".", "On its machine: dmesg");
            case RemoteExit.Lost(String why) ->
                throw new UnusableHost("It was disconnected: " + why + ".", "On its machine: journalctl -u ssh");
        }
    }

    /** @param status as packaging/file-server/README.md lists it; git-shell exits with 128 if it lacks the command */
    private static void requireSuccess(int status, BoundedText message) throws UnusableHost {
        String said =
                message.lines().stream().findFirst().map(line -> ": " + line).orElse("");
        switch (status) {
            case 0 -> {}
            case 2 -> throw new UnusableHost("Its gerve-repository is older than this program.", RUN_SETUP);
            case 126, 127 -> throw new UnusableHost("It cannot run git-shell" + said, "There: apt-get install git");
            case 128 -> throw new UnusableHost("It has no command gerve-repository" + said, RUN_SETUP);
            default -> throw new UnusableHost("gerve-repository failed with status " + status + said, RUN_SETUP);
        }
    }

    private static List<String> facts(List<String> lines) throws UnusableHost {
        if (lines.size() < 2
                || !lines.getFirst().equals(VERSION)
                || !lines.getLast().equals(END)) {
            throw new UnusableHost("Its gerve-repository has another version than this program.", RUN_SETUP);
        }
        return lines.subList(1, lines.size() - 1);
    }
}
