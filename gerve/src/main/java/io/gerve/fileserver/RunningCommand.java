package io.gerve.fileserver;

import com.jcraft.jsch.ChannelExec;
import com.jcraft.jsch.JSchException;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;

/**
 * Command on a channel of a session. The reader thread of JSch writes the output and receives the exit status; the
 * thread that started the command writes the input.
 *
 * <p>An exit status counts only if the end of file of the channel preceded its closing. sshd sends the status as soon
 * as the process has ended, while output is still in transit: if the connection is lost in between, the status is 0
 * although a clone is truncated.
 */
final class RunningCommand implements RemoteCommand {
    /**
     * Window and packet size. With these, encryption limits the throughput; larger values are slower (RATIONALE.md).
     */
    private static final int WINDOW_BYTES = 2 * 1024 * 1024;

    private static final int PACKET_BYTES = 32 * 1024;

    /**
     * Time that JSch waits for the reply beyond our own deadline. On a busy machine the thread of JSch may not run
     * until its timeout has expired. JSch would then ignore a reply that has arrived, and drop the channel of a running
     * command.
     */
    private static final Duration REPLY_UNSEEN_MAX = Duration.ofMinutes(1);

    /** Signal names of RFC 4254, section 6.10, or {@code name@domain}. */
    private static final Pattern SIGNAL = Pattern.compile("[A-Z0-9]{1,16}(?:@[a-z0-9.-]{1,64})?");

    private final PooledSession session;
    private final ChannelExec channel;
    private final CommandInput stdin;
    private final CompletableFuture<RemoteExit> exit = new CompletableFuture<>();
    /**
     * Completed when the host accepted or rejected the command. A status or output also counts as acceptance. The first
     * completion is final, so that the output of a command that was given up and retried on another session does not
     * mix with the output of the retry.
     */
    private final CompletableFuture<Void> accepted = new CompletableFuture<>();

    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean outputComplete;

    RunningCommand(PooledSession session, ChannelExec channel, CommandRequest command)
            throws JSchException, IOException {
        this.session = session;
        this.channel = channel;
        this.stdin = new CommandInput(channel.getOutputStream(), exit::isDone);
        channel.setLocalWindowSizeMax(WINDOW_BYTES);
        channel.setLocalPacketSize(PACKET_BYTES);
        channel.setOutputStream(new CommandOutput(command.stdout(), new Events(this::stdoutClosed)));
        channel.setErrStream(new CommandOutput(command.stderr(), new Events(this::channelClosed)));
    }

    /**
     * Starts the command and returns as soon as the host accepted it.
     *
     * <p>JSch polls for the reply every 10 ms, so a separate thread waits for it: output counts as a reply too, and
     * usually arrives earlier.
     *
     * @throws SessionFailed if the command did not run
     */
    void start(CommandRequest command, Deadline deadline) throws SessionFailed, InterruptedException {
        channel.setCommand(command.line());
        command.environment().forEach(channel::setEnv);
        Thread.ofVirtual().name("file-server-command-start").start(() -> connect(deadline.left()));
        try {
            accepted.orTimeout(deadline.nanosLeft(), TimeUnit.NANOSECONDS).get();
        } catch (ExecutionException e) {
            throw new SessionFailed("the host did not accept the command", e);
        }
    }

    private void connect(Duration timeout) {
        try {
            // Without a timeout JSch does not wait for the reply, and a rejected command would never end.
            channel.connect(Math.toIntExact(timeout.plus(REPLY_UNSEEN_MAX).toMillis()));
            accepted.complete(null);
        } catch (JSchException | RuntimeException e) {
            // If output already accepted the command, JSch ignores everything that the command sends from now on.
            if (!accepted.completeExceptionally(e)
                    && end(new RemoteExit.Lost("the host did not accept the command: " + e.getMessage()))) {
                session.cut();
            }
        }
    }

    @Override
    public OutputStream stdin() {
        return stdin;
    }

    @Override
    public RemoteExit await() throws InterruptedException {
        try {
            return exit.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("exit never completes exceptionally", e);
        }
    }

    @Override
    public Optional<RemoteExit> await(Duration timeout) throws InterruptedException {
        try {
            return Optional.of(exit.get(timeout.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException _) {
            return Optional.empty();
        } catch (ExecutionException e) {
            throw new IllegalStateException("exit never completes exceptionally", e);
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            lost("closed by the gate");
            session.release(endedCleanly() && stdin.seal());
        }
    }

    /** Ends the command as lost. Does nothing if it has ended. */
    void lost(String reason) {
        end(new RemoteExit.Lost(reason));
    }

    private boolean endedCleanly() {
        return switch (exit.join()) {
            case RemoteExit.Exited _, RemoteExit.Signalled _ -> true;
            case RemoteExit.Lost _ -> false;
        };
    }

    /** Called when JSch closes stdout: at the end of file of the channel, or after it marked the channel as closed. */
    private void stdoutClosed() {
        outputComplete = !channel.isClosed();
    }

    /** Called when JSch closes stderr: last, when the host closed the channel or the session ends. */
    private void channelClosed() {
        end(reportedExit());
    }

    private RemoteExit reportedExit() {
        if (!outputComplete) {
            return new RemoteExit.Lost("the connection to the file server ended before the output did");
        }
        var signal = channel.getExitSignal();
        if (signal != null) {
            return SIGNAL.matcher(signal).matches()
                    ? new RemoteExit.Signalled(signal)
                    : new RemoteExit.Lost("the file server sent an invalid signal name");
        }
        return channel.getExitStatus() >= 0
                ? new RemoteExit.Exited(channel.getExitStatus())
                : new RemoteExit.Lost("the file server sent no exit status");
    }

    /**
     * Completes the exit. Returns false if the command had already ended, because another command may be using the
     * session.
     */
    private boolean end(RemoteExit end) {
        if (!exit.complete(end)) {
            return false;
        }
        switch (end) {
            case RemoteExit.Exited _, RemoteExit.Signalled _ -> accepted.complete(null);
            case RemoteExit.Lost(var reason) -> accepted.completeExceptionally(new IOException(reason));
        }
        return true;
    }

    private final class Events implements CommandOutput.Listener {
        private final Runnable closed;

        Events(Runnable closed) {
            this.closed = closed;
        }

        @Override
        public void output() throws IOException {
            if (exit.isDone()) {
                throw new IOException("the command has ended");
            }
            accepted.complete(null);
            if (accepted.isCompletedExceptionally()) {
                throw new IOException("the command was given up before its first output");
            }
        }

        @Override
        public void undeliverable(Exception failure) {
            lost("the output could not be delivered: " + failure.getClass().getSimpleName());
            session.cut();
        }

        @Override
        public void closed() {
            closed.run();
        }
    }
}
