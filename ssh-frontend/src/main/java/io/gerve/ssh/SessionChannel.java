package io.gerve.ssh;

import io.gerve.git.GitProtocol;
import io.gerve.request.ClientRequest;
import io.gerve.request.ClientStreams;
import io.gerve.request.ExitResult;
import io.gerve.request.RequestRunner;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.RequestHandler;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.channel.AbstractServerChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session channel: it runs one command, or greets who asked for a shell, and takes no other request but {@code GIT_PROTOCOL}. Requests
 * are handled on the connection's thread, the command runs on a virtual thread of its own.
 */
final class SessionChannel extends AbstractServerChannel {
    private static final Logger LOG = LoggerFactory.getLogger(SessionChannel.class);
    private static final String GREETING = "";

    /** The largest fills a line of 160 Mbit/s with a round trip of 100 ms. */
    private static final ChannelInput.Window WINDOW = new ChannelInput.Window(1 << 16, 1 << 21);

    private static final ExitResult INTERNAL_ERROR = new ExitResult.Status(70);
    private static final byte[] INTERNAL_ERROR_MESSAGE =
            "ERROR: Something went wrong in Gerve. Please try again.\n".getBytes(StandardCharsets.UTF_8);

    private final SshConnection connection;
    private final RequestRunner requests;
    private final ChannelInput stdin;
    private final ChannelOutput stdout;
    private final ChannelOutput stderr;
    private GitProtocol protocol = GitProtocol.UNSTATED;
    private @Nullable Thread command;
    private volatile boolean running;

    SessionChannel(SshConnection connection, RequestRunner requests, WindowBudget budget, Duration silence) {
        super("", List.<RequestHandler<Channel>>of(), null);
        this.connection = connection;
        this.requests = requests;
        this.stdin = new ChannelInput(WINDOW, budget, count -> getLocalWindow().release(count));
        OutputFlowControl turn = new OutputFlowControl();
        this.stdout = ChannelOutput.stdout(this, turn, silence);
        this.stderr = ChannelOutput.stderr(this, turn, silence);
    }

    @Override
    protected RequestHandler.Result handleInternalRequest(String type, boolean wantReply, Buffer buffer) {
        boolean accepted = switch (type) {
            // Bytes that are no UTF-8 become U+FFFD, which no command that is accepted contains.
            case "exec" -> prepare(buffer.getString(StandardCharsets.UTF_8));
            case "shell" -> prepare(GREETING);
            case "env" -> isGitProtocol(buffer);
            // pty-req, subsystem, x11-req, auth-agent-req, signal, window-change and whatever is invented next.
            default -> false;
        };
        return accepted ? RequestHandler.Result.ReplySuccess : RequestHandler.Result.ReplyFailure;
    }

    private boolean isGitProtocol(Buffer buffer) {
        String name = buffer.getString(StandardCharsets.UTF_8);
        String value = buffer.getString(StandardCharsets.UTF_8);
        Optional<GitProtocol> asked =
                name.equals("GIT_PROTOCOL") && command == null ? GitProtocol.parse(value) : Optional.empty();
        asked.ifPresent(found -> protocol = found);
        return asked.isPresent();
    }

    private boolean prepare(String line) {
        if (command != null || isClosing() || !connection.begin(this)) {
            return false;
        }
        ClientRequest request = connection.request(line, protocol);
        running = true;
        command = Thread.ofVirtual()
                .name("gerve-ssh-" + connection.getIoSession().getId() + "-" + getChannelId())
                .unstarted(() -> run(request));
        return true;
    }

    /** The command starts only when the client was told so: nothing of its output may come before the reply. */
    @Override
    protected IoWriteFuture sendResponse(Buffer buffer, String type, RequestHandler.Result result, boolean wantReply)
            throws IOException {
        IoWriteFuture replied = super.sendResponse(buffer, type, result, wantReply);
        Thread prepared = command;
        if (prepared != null && prepared.getState() == Thread.State.NEW) {
            prepared.start();
        }
        return replied;
    }

    private void run(ClientRequest request) {
        ExitResult outcome = INTERNAL_ERROR;
        try {
            outcome = answer(request);
        } finally {
            running = false;
            try {
                end(outcome);
            } catch (IOException | RuntimeException e) {
                LOG.debug("the client was gone before the end of its command", e);
                close(true);
            } finally {
                connection.ended(this);
            }
        }
    }

    private ExitResult answer(ClientRequest request) {
        try {
            return requests.run(request, new Streams(stdin, stdout, stderr));
        } catch (RuntimeException e) {
            LOG.error("a request failed for a reason that nobody foresaw", e);
            try {
                stderr.write(INTERNAL_ERROR_MESSAGE);
            } catch (IOException gone) {
                LOG.debug("the client was gone before it could be told", gone);
            }
            return INTERNAL_ERROR;
        }
    }

    /** In this order, or clients lose output or report an exit status of 255: the data, which has been sent, the status, EOF, close. */
    private void end(ExitResult outcome) throws IOException {
        switch (outcome) {
            case ExitResult.Status(int status) -> sendExitStatus(status);
            case ExitResult.Signal(String name) -> sendExitSignal(name);
        }
        sendEof();
        close(false);
    }

    private void sendExitSignal(String name) throws IOException {
        Buffer packet = connection.createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST, 64);
        packet.putUInt(getRecipient());
        packet.putString("exit-signal");
        packet.putBoolean(false);
        packet.putString(name);
        packet.putBoolean(false);
        packet.putString("");
        packet.putString("");
        writePacket(packet);
    }

    /** Tells the command that it is to end soon. Does nothing if it has ended. */
    void interrupt() {
        Thread started = command;
        if (started != null && running) {
            started.interrupt();
        }
    }

    /** As if most of the window had been used already: it is released as the command reads. */
    @Override
    protected void configureWindow() {
        CoreModuleProperties.WINDOW_SIZE.set(this, (long) WINDOW.largest());
        super.configureWindow();
        try {
            getLocalWindow().consume(WINDOW.largest() - WINDOW.first());
        } catch (IOException e) {
            throw new IllegalStateException("a window smaller than what is held back of it", e);
        }
    }

    /** Nobody would read what comes before a command, or instead of one. */
    @Override
    protected void doWriteData(byte[] data, int offset, long length) {
        if (command == null) {
            close(false);
        } else {
            stdin.put(data, offset, (int) length);
        }
    }

    /** A client has no stderr to send. */
    @Override
    protected void doWriteExtendedData(byte[] data, int offset, long length) throws IOException {
        getLocalWindow().release(length);
    }

    @Override
    public void handleEof() throws IOException {
        super.handleEof();
        stdin.end();
    }

    /** Also when the client closed the channel or went away in the middle of the command. */
    @Override
    protected void preClose() {
        stdin.clientGone();
        interrupt();
        super.preClose();
    }

    private record Streams(InputStream stdin, OutputStream stdout, OutputStream stderr) implements ClientStreams {}
}
