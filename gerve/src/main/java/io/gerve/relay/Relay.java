package io.gerve.relay;

import io.gerve.fileserver.FileServerUnavailable;
import io.gerve.fileserver.FileServers;
import io.gerve.fileserver.RemoteCommand;
import io.gerve.fileserver.RemoteExit;
import io.gerve.git.GitCommand;
import io.gerve.git.RepositoryPath;
import io.gerve.logging.TextEscaper;
import io.gerve.request.AuthorizationResult;
import io.gerve.request.ClientMessage;
import io.gerve.request.ClientMessenger;
import io.gerve.request.ClientStreams;
import io.gerve.request.EndedBy;
import io.gerve.request.ExitResult;
import io.gerve.request.RequestContext;
import io.gerve.request.RequestEnd;
import io.gerve.request.TransferMonitor;
import io.gerve.routing.FileServerHost;
import io.gerve.routing.Route;
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
public final class Relay {
    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
    /** A pooled session may have died unseen, so the same host is tried once more, by a fresh one. */
    private static final int ATTEMPTS_PER_HOST = 2;
    /** Nobody reads it: what ssh(1) gives when a connection breaks. */
    private static final int CLIENT_GONE = 255;

    private final FileServers fileServers;
    private final AuthorizationResult.Authorized authorized;
    private final ClientMessenger messenger;
    private final RequestContext context;
    private final ClientOutput stdout;
    private final ClientOutput stderr;
    private final ClientInput stdin;
    private final CompletableFuture<Cancellation> cancelled = new CompletableFuture<>();

    /** Why a command is not let run to its end. */
    private sealed interface Cancellation {
        record ClientGone() implements Cancellation {}

        record ByGate(ClientMessage why) implements Cancellation {}
    }

    public Relay(
            FileServers fileServers,
            AuthorizationResult.Authorized admitted,
            ClientStreams client,
            RequestContext trace,
            TransferMonitor traffic) {
        this.fileServers = fileServers;
        this.authorized = admitted;
        this.messenger = new ClientMessenger(client, trace);
        this.context = trace;
        this.stdin = new ClientInput(client.stdin(), traffic, () -> cancelled.complete(new Cancellation.ClientGone()));
        this.stdout = ClientOutput.stdout(client.stdout(), traffic, stdin::stopKeeping);
        this.stderr = ClientOutput.stderr(client.stderr(), traffic, stdin::stopKeeping);
    }

    /** Ends the command and tells its client why. May be called at any time, from any thread. */
    public void end(ClientMessage why) {
        cancelled.complete(new Cancellation.ByGate(why));
    }

    /** Runs the command to its end, however long it takes. */
    public RequestEnd run(Map<String, String> environment) {
        if (authorized.decision().isRedirected()) {
            messenger.send(ClientMessage.moved(
                    authorized.decision().requestedName(),
                    authorized.decision().repository().name()));
        }
        stdin.start("stdin " + context.id());
        try {
            for (FileServerHost host : hosts()) {
                Optional<RequestEnd> ended = runOn(host, environment);
                if (ended.isPresent()) {
                    return ended.get();
                }
            }
            return messenger.send(
                    ClientMessage.fileServerGone(
                            authorized.decision().repository().name()),
                    EndedBy.FILE_SERVER);
        } catch (InterruptedException e) {
            RequestEnd told = messenger.send(ClientMessage.STOPPING, EndedBy.GATE);
            Thread.currentThread().interrupt();
            return told;
        } finally {
            stdin.stop();
        }
    }

    private List<FileServerHost> hosts() {
        Route route = authorized.route();
        return authorized.command().service().writes() ? route.writeHosts() : route.readHosts();
    }

    /** @return empty if nothing came of it, so that another host may be tried */
    private Optional<RequestEnd> runOn(FileServerHost host, Map<String, String> environment)
            throws InterruptedException {
        GitCommand command = authorized.command();
        String line = new RepositoryPath(authorized.decision().repository().name()).command(command.service());
        for (int attempt = 1; attempt <= ATTEMPTS_PER_HOST; attempt++) {
            try (RemoteCommand remote = fileServers.start(host, line, environment, stdout, stderr)) {
                var _ = cancelled.thenRun(remote::close);
                context.connected(host);
                stdin.forwardTo(remote.stdin());
                RemoteExit ending = remote.await();
                if (cancelled.isDone() || stdout.isGone() || stderr.isGone()) {
                    return Optional.of(cancelledEnd());
                }
                switch (ending) {
                    case RemoteExit.Exited(int status) -> {
                        return Optional.of(RequestEnd.exit(status, EndedBy.COMMAND));
                    }
                    case RemoteExit.Signalled(String signal) -> {
                        return Optional.of(new RequestEnd(new ExitResult.Signal(signal), EndedBy.COMMAND));
                    }
                    case RemoteExit.Lost(String why) -> {
                        warn("a file server was lost", host, why);
                        if (!mayRetry()) {
                            return Optional.of(
                                    messenger.send(ClientMessage.connectionLost(command), EndedBy.FILE_SERVER));
                        }
                    }
                }
            } catch (FileServerUnavailable e) {
                warn("a file server did not take the command", host, e.toString());
                return cancelled.isDone() ? Optional.of(cancelledEnd()) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** Another try must be given all that the client sent, and a write must not be given twice what may have been done once. */
    private boolean mayRetry() {
        boolean clientGotNothing = !stdout.isStarted() && !stderr.isStarted();
        return clientGotNothing && (authorized.command().service().writes() ? stdin.isEmpty() : stdin.isReplayable());
    }

    private RequestEnd cancelledEnd() {
        return switch (cancelled.getNow(new Cancellation.ClientGone())) {
            case Cancellation.ClientGone() -> RequestEnd.exit(CLIENT_GONE, EndedBy.CLIENT);
            case Cancellation.ByGate(ClientMessage why) -> messenger.send(why, EndedBy.GATE);
        };
    }

    private void warn(String event, FileServerHost host, String why) {
        LOG.atWarn()
                .addKeyValue("request_id", context.id())
                .addKeyValue("host", host.name())
                .addKeyValue("why", TextEscaper.excerpt(why))
                .log(event);
    }
}
