package io.gerve.session;

import io.gerve.bridge.Ending;
import io.gerve.bridge.FileServerUnavailable;
import io.gerve.bridge.FileServers;
import io.gerve.bridge.RemoteCommand;
import io.gerve.chimney.FileServerHost;
import io.gerve.chimney.Route;
import io.gerve.git.GitCommand;
import io.gerve.git.RepositoryPath;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One admitted client, joined to a file server until its command ends. As long as the client got no byte, a host that fails is replaced
 * by the next without the client's noticing.
 */
final class Join {
    private static final Logger LOG = LoggerFactory.getLogger(Join.class);
    /** A pooled session may have died unseen, so the same host is tried once more, by a fresh one. */
    private static final int ATTEMPTS_PER_HOST = 2;
    /** Nobody reads it: what ssh(1) gives when a connection breaks. */
    private static final int CLIENT_GONE = 255;

    private final FileServers fileServers;
    private final Verdict.Admitted admitted;
    private final Teller teller;
    private final SessionTrace trace;
    private final ClientOutput stdout;
    private final ClientOutput stderr;
    private final ClientInput stdin;
    private final CompletableFuture<Cut> cut = new CompletableFuture<>();

    /** Why a command is not let run to its end. */
    private sealed interface Cut {
        record ClientGone() implements Cut {}

        record ByGate(ClientMessage why) implements Cut {}
    }

    Join(FileServers fileServers, Verdict.Admitted admitted, Client client, SessionTrace trace, Traffic traffic) {
        this.fileServers = fileServers;
        this.admitted = admitted;
        this.teller = new Teller(client, trace);
        this.trace = trace;
        this.stdin = new ClientInput(client.stdin(), traffic, () -> cut.complete(new Cut.ClientGone()));
        this.stdout = ClientOutput.stdout(client.stdout(), traffic, stdin::settle);
        this.stderr = ClientOutput.stderr(client.stderr(), traffic, stdin::settle);
    }

    /** Ends the command and tells its client why. May be called at any time, from any thread. */
    void end(ClientMessage why) {
        cut.complete(new Cut.ByGate(why));
    }

    /** Runs the command to its end, however long it takes. */
    Ended run(Map<String, String> environment) {
        if (admitted.decision().moved()) {
            teller.tell(ClientMessage.moved(
                    admitted.decision().asked(),
                    admitted.decision().repository().name()));
        }
        stdin.start("stdin " + trace.id());
        try {
            for (FileServerHost host : hosts()) {
                Optional<Ended> ended = runOn(host, environment);
                if (ended.isPresent()) {
                    return ended.get();
                }
            }
            return teller.tell(
                    ClientMessage.fileServerGone(
                            admitted.decision().repository().name()),
                    EndedBy.FILE_SERVER);
        } catch (InterruptedException e) {
            Ended told = teller.tell(ClientMessage.STOPPING, EndedBy.GATE);
            Thread.currentThread().interrupt();
            return told;
        } finally {
            stdin.stop();
        }
    }

    private List<FileServerHost> hosts() {
        Route route = admitted.route();
        return admitted.command().service().writes() ? route.writeHosts() : route.readHosts();
    }

    /** @return empty if nothing came of it, so that another host may be tried */
    private Optional<Ended> runOn(FileServerHost host, Map<String, String> environment) throws InterruptedException {
        GitCommand command = admitted.command();
        String line = new RepositoryPath(admitted.decision().repository().name()).command(command.service());
        for (int attempt = 1; attempt <= ATTEMPTS_PER_HOST; attempt++) {
            try (RemoteCommand remote = fileServers.start(host, line, environment, stdout, stderr)) {
                var _ = cut.thenRun(remote::close);
                trace.joined(host);
                stdin.to(remote.stdin());
                Ending ending = remote.await();
                if (cut.isDone() || stdout.isGone() || stderr.isGone()) {
                    return Optional.of(cutShort());
                }
                switch (ending) {
                    case Ending.Exited(int status) -> {
                        return Optional.of(Ended.exit(status, EndedBy.COMMAND));
                    }
                    case Ending.Signalled(String signal) -> {
                        return Optional.of(new Ended(new Outcome.Signal(signal), EndedBy.COMMAND));
                    }
                    case Ending.Lost(String why) -> {
                        warn("a file server was lost", host, why);
                        if (!mayStartAgain()) {
                            return Optional.of(teller.tell(ClientMessage.connectionLost(command), EndedBy.FILE_SERVER));
                        }
                    }
                }
            } catch (FileServerUnavailable e) {
                warn("a file server did not take the command", host, e.toString());
                return cut.isDone() ? Optional.of(cutShort()) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** Another try must be given all that the client sent, and a write must not be given twice what may have been done once. */
    private boolean mayStartAgain() {
        boolean clientGotNothing = !stdout.isStarted() && !stderr.isStarted();
        return clientGotNothing && (admitted.command().service().writes() ? stdin.isEmpty() : stdin.isKept());
    }

    private Ended cutShort() {
        return switch (cut.getNow(new Cut.ClientGone())) {
            case Cut.ClientGone() -> Ended.exit(CLIENT_GONE, EndedBy.CLIENT);
            case Cut.ByGate(ClientMessage why) -> teller.tell(why, EndedBy.GATE);
        };
    }

    private void warn(String event, FileServerHost host, String why) {
        LOG.atWarn()
                .addKeyValue("request", trace.id())
                .addKeyValue("host", host.name())
                .addKeyValue("why", ClientMessage.shown(why))
                .log(event);
    }
}
