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
 * One channel of one session. JSch's reader thread writes the output and learns the ending; the thread that started the command writes
 * the input.
 *
 * <p>An exit status counts only if the channel's end of file came before the channel was closed. sshd sends the status as soon as the
 * process is gone, with output still under way: if the connection is lost between them, the status says 0 of a clone that is cut off.
 */
final class RunningCommand implements RemoteCommand {
    /** With the window of 2 MiB and 32 KiB packets the cipher is what bounds the speed; larger ones are slower (RATIONALE.md). */
    private static final int WINDOW_BYTES = 2 * 1024 * 1024;

    private static final int PACKET_BYTES = 32 * 1024;

    /**
     * How much longer JSch may wait for the host's answer than we do. Its clock goes on while a busy machine gives its thread no turn, and
     * then it takes the answer for late though it has come, and forgets the channel of a command that runs.
     */
    private static final Duration REPLY_UNSEEN_MAX = Duration.ofMinutes(1);

    /** RFC 4254, section 6.10: the names there, or {@code name@domain}. */
    private static final Pattern SIGNAL = Pattern.compile("[A-Z0-9]{1,16}(?:@[a-z0-9.-]{1,64})?");

    private final PooledSession session;
    private final ChannelExec channel;
    private final CommandInput stdin;
    private final CompletableFuture<RemoteExit> exit = new CompletableFuture<>();
    /**
     * Done when the host took the command, or did not. What comes of it, status or output, means that it did. Whichever is first decides
     * for good, so that no output of a command that was given up, and is tried on another session, mixes with the other's.
     */
    private final CompletableFuture<Void> taken = new CompletableFuture<>();

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
     * Returns as soon as the host took the command.
     *
     * <p>JSch looks for the host's answer every 10 ms. That is done aside: output that arrives is an answer too, and usually earlier.
     *
     * @throws SessionFailed if the command did not run
     */
    void start(CommandRequest command, Deadline deadline) throws SessionFailed, InterruptedException {
        channel.setCommand(command.line());
        command.environment().forEach(channel::setEnv);
        Thread.ofVirtual().name("bridge-start").start(() -> connect(deadline.left()));
        try {
            taken.orTimeout(deadline.nanosLeft(), TimeUnit.NANOSECONDS).get();
        } catch (ExecutionException e) {
            throw new SessionFailed("the command was not taken", e);
        }
    }

    private void connect(Duration timeout) {
        try {
            // Without a timeout JSch does not ask whether the command was taken, and a refused one would never end.
            channel.connect(Math.toIntExact(timeout.plus(REPLY_UNSEEN_MAX).toMillis()));
            taken.complete(null);
        } catch (JSchException | RuntimeException e) {
            // If it was taken by its output, JSch passes over all that comes of it from now on.
            if (!taken.completeExceptionally(e)
                    && end(new RemoteExit.Lost("the command was not taken: " + e.getMessage()))) {
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
            throw new IllegalStateException("an ending is a value", e);
        }
    }

    @Override
    public Optional<RemoteExit> await(Duration longest) throws InterruptedException {
        try {
            return Optional.of(exit.get(longest.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException _) {
            return Optional.empty();
        } catch (ExecutionException e) {
            throw new IllegalStateException("an ending is a value", e);
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            lost("ended from this side");
            session.release(endedCleanly() && stdin.seal());
        }
    }

    /** Does nothing if it has ended. */
    void lost(String why) {
        end(new RemoteExit.Lost(why));
    }

    private boolean endedCleanly() {
        return switch (exit.join()) {
            case RemoteExit.Exited _, RemoteExit.Signalled _ -> true;
            case RemoteExit.Lost _ -> false;
        };
    }

    /** JSch closes it at the channel's end of file, or after it marked the channel as closed. */
    private void stdoutClosed() {
        outputComplete = !channel.isClosed();
    }

    /** JSch closes stderr last, when the host closed the channel or the session ends. */
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
                    : new RemoteExit.Lost("the file server told of a signal that is none");
        }
        return channel.getExitStatus() >= 0
                ? new RemoteExit.Exited(channel.getExitStatus())
                : new RemoteExit.Lost("the file server did not say how the command ended");
    }

    /** @return false if it has ended before, and another command may be using the session */
    private boolean end(RemoteExit how) {
        if (!exit.complete(how)) {
            return false;
        }
        switch (how) {
            case RemoteExit.Exited _, RemoteExit.Signalled _ -> taken.complete(null);
            case RemoteExit.Lost(var why) -> taken.completeExceptionally(new IOException(why));
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
            taken.complete(null);
            if (taken.isCompletedExceptionally()) {
                throw new IOException("the command was given up before its first output");
            }
        }

        @Override
        public void undeliverable(Exception failure) {
            lost("its output could not be delivered: " + failure.getClass().getSimpleName());
            session.cut();
        }

        @Override
        public void closed() {
            closed.run();
        }
    }
}
