package io.gerve.relay;

import io.gerve.fileserver.FileServerUnavailable;
import io.gerve.fileserver.FileServers;
import io.gerve.fileserver.RemoteCommand;
import io.gerve.fileserver.RemoteExit;
import io.gerve.git.GitCommand;
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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Relay between an authorized client and a file server until the command ends. As long as the client received no byte,
 * a host that fails is replaced by the next one, unnoticed by the client.
 */
public final class Relay {
    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
    /** Attempts per host: a pooled session may be dead unnoticed, so a second attempt uses a new session. */
    private static final int ATTEMPTS_PER_HOST = 2;
    /** Exit status for a client that is gone, as of ssh(1) for a broken connection. No client receives it. */
    private static final int CLIENT_GONE = 255;

    private final FileServers fileServers;
    private final AuthorizationResult.Authorized authorized;
    private final ClientMessenger messenger;
    private final RequestContext context;
    private final ClientOutput stdout;
    private final ClientOutput stderr;
    private final ClientInput stdin;
    private final CompletableFuture<Cancellation> cancelled = new CompletableFuture<>();

    /** Reason for ending a command early. */
    private sealed interface Cancellation {
        record ClientGone() implements Cancellation {}

        record ByGate(ClientMessage reason) implements Cancellation {}
    }

    public Relay(
            FileServers fileServers,
            AuthorizationResult.Authorized authorized,
            ClientStreams client,
            RequestContext context,
            TransferMonitor transfer) {
        this.fileServers = fileServers;
        this.authorized = authorized;
        this.messenger = new ClientMessenger(client, context);
        this.context = context;
        this.stdin = new ClientInput(client.stdin(), transfer, () -> cancelled.complete(new Cancellation.ClientGone()));
        this.stdout = ClientOutput.stdout(client.stdout(), transfer, stdin::stopKeeping);
        this.stderr = ClientOutput.stderr(client.stderr(), transfer, stdin::stopKeeping);
    }

    /** Ends the command and sends the client the reason. May be called at any time, from any thread. */
    public void end(ClientMessage reason) {
        cancelled.complete(new Cancellation.ByGate(reason));
    }

    /** Runs the command to its end, without a time limit. */
    public RequestEnd run(Map<String, String> environment) {
        authorized.message().ifPresent(messenger::send);
        stdin.start("relay-stdin-" + context.id());
        try {
            for (FileServerHost host : authorized.hosts()) {
                Optional<RequestEnd> ended = runOn(host, environment);
                if (ended.isPresent()) {
                    return ended.get();
                }
            }
            return messenger.send(
                    ClientMessage.fileServerGone(
                            authorized.allowed().repository().name()),
                    EndedBy.FILE_SERVER);
        } catch (InterruptedException e) {
            RequestEnd end = messenger.send(ClientMessage.STOPPING, EndedBy.GATE);
            Thread.currentThread().interrupt();
            return end;
        } finally {
            stdin.stop();
        }
    }

    /** Runs the command on one host. Returns empty if it did not run there, so that another host may be tried. */
    private Optional<RequestEnd> runOn(FileServerHost host, Map<String, String> environment)
            throws InterruptedException {
        GitCommand command = authorized.command();
        for (int attempt = 1; attempt <= ATTEMPTS_PER_HOST; attempt++) {
            try (RemoteCommand remote =
                    fileServers.start(host, authorized.remoteCommand(), environment, stdout, stderr)) {
                var _ = cancelled.thenRun(remote::close);
                context.connected(host);
                stdin.forwardTo(remote.stdin());
                RemoteExit exit = remote.await();
                if (cancelled.isDone() || stdout.isGone() || stderr.isGone()) {
                    return Optional.of(cancelledEnd());
                }
                switch (exit) {
                    case RemoteExit.Exited(int status) -> {
                        return Optional.of(RequestEnd.exit(status, EndedBy.COMMAND));
                    }
                    case RemoteExit.Signalled(String signal) -> {
                        return Optional.of(new RequestEnd(new ExitResult.Signal(signal), EndedBy.COMMAND));
                    }
                    case RemoteExit.Lost(String reason) -> {
                        warn("File server connection lost", host, reason);
                        if (!mayRetry()) {
                            return Optional.of(
                                    messenger.send(ClientMessage.connectionLost(command), EndedBy.FILE_SERVER));
                        }
                    }
                }
            } catch (FileServerUnavailable e) {
                warn("File server unavailable", host, e.toString());
                return cancelled.isDone() ? Optional.of(cancelledEnd()) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    /**
     * Returns whether another attempt is allowed. It must receive all that the client sent, and a write must not be
     * repeated if the first attempt may have had an effect.
     */
    private boolean mayRetry() {
        boolean clientGotNothing = !stdout.isStarted() && !stderr.isStarted();
        return clientGotNothing && (authorized.command().service().writes() ? stdin.isEmpty() : stdin.isReplayable());
    }

    private RequestEnd cancelledEnd() {
        return switch (cancelled.getNow(new Cancellation.ClientGone())) {
            case Cancellation.ClientGone() -> RequestEnd.exit(CLIENT_GONE, EndedBy.CLIENT);
            case Cancellation.ByGate(ClientMessage reason) -> messenger.send(reason, EndedBy.GATE);
        };
    }

    private void warn(String event, FileServerHost host, String reason) {
        LOG.atWarn()
                .addKeyValue("request_id", context.id())
                .addKeyValue("host", host.name())
                .addKeyValue("cause", TextEscaper.excerpt(reason))
                .log(event);
    }
}
