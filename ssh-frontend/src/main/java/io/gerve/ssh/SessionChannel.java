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
 * Session channel that runs one command. A shell request runs the greeting. The only other accepted request sets {@code
 * GIT_PROTOCOL}. The connection's thread handles the requests; the command runs on a virtual thread of its own.
 */
final class SessionChannel extends AbstractServerChannel {
    private static final Logger LOG = LoggerFactory.getLogger(SessionChannel.class);
    /** The exec line for which the request runner sends the greeting. */
    private static final String GREETING = "";

    /** The largest window sustains 160 Mbit/s at a round-trip time of 100 ms. */
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
    private long ungranted;
    private @Nullable Thread command;
    private volatile boolean running;

    SessionChannel(SshConnection connection, RequestRunner requests, WindowBudget budget, Duration clientAliveTimeout) {
        super("", List.<RequestHandler<Channel>>of(), null);
        this.connection = connection;
        this.requests = requests;
        this.stdin = new ChannelInput(WINDOW, budget, count -> getLocalWindow().release(count));
        OutputFlowControl flowControl = new OutputFlowControl();
        this.stdout = ChannelOutput.stdout(this, flowControl, clientAliveTimeout);
        this.stderr = ChannelOutput.stderr(this, flowControl, clientAliveTimeout);
    }

    @Override
    protected RequestHandler.Result handleInternalRequest(String type, boolean wantReply, Buffer buffer) {
        boolean accepted = switch (type) {
            // Invalid UTF-8 becomes U+FFFD, which no accepted command contains.
            case "exec" -> prepare(buffer.getString(StandardCharsets.UTF_8));
            case "shell" -> prepare(GREETING);
            case "env" -> setGitProtocol(buffer);
            // pty-req, subsystem, x11-req, auth-agent-req, signal, window-change and any later extension.
            default -> false;
        };
        return accepted ? RequestHandler.Result.ReplySuccess : RequestHandler.Result.ReplyFailure;
    }

    private boolean setGitProtocol(Buffer buffer) {
        String name = buffer.getString(StandardCharsets.UTF_8);
        String value = buffer.getString(StandardCharsets.UTF_8);
        Optional<GitProtocol> requested =
                name.equals("GIT_PROTOCOL") && command == null ? GitProtocol.parse(value) : Optional.empty();
        requested.ifPresent(version -> protocol = version);
        return requested.isPresent();
    }

    private boolean prepare(String execLine) {
        if (command != null || isClosing() || !connection.begin(this)) {
            return false;
        }
        ClientRequest request = connection.request(execLine, protocol);
        running = true;
        command = Thread.ofVirtual()
                .name("ssh-request-" + connection.getIoSession().getId() + "-" + getChannelId())
                .unstarted(() -> run(request));
        return true;
    }

    /** Sends the reply to a request, then starts the command, because no output may precede the reply. */
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
        ExitResult result = INTERNAL_ERROR;
        try {
            result = execute(request);
        } finally {
            running = false;
            try {
                end(result);
            } catch (IOException | RuntimeException e) {
                LOG.debug("Client disconnected before the end of its command", e);
                close(true);
            } finally {
                connection.ended(this);
            }
        }
    }

    private ExitResult execute(ClientRequest request) {
        try {
            return requests.run(request, new Streams(stdin, stdout, stderr));
        } catch (RuntimeException e) {
            LOG.error("Request failed because of an internal error", e);
            try {
                stderr.write(INTERNAL_ERROR_MESSAGE);
            } catch (IOException gone) {
                LOG.debug("Client disconnected before it could be told about an internal error", gone);
            }
            return INTERNAL_ERROR;
        }
    }

    /**
     * Ends the channel. The order must be: data (already sent), exit status, EOF, close. With any other order, clients
     * lose output or report exit status 255.
     */
    private void end(ExitResult result) throws IOException {
        switch (result) {
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

    /** Interrupts the command's thread, if the command runs. */
    void interrupt() {
        Thread started = command;
        if (started != null && running) {
            started.interrupt();
        }
    }

    /**
     * Configures the largest window, but consumes all of it beyond the first window. {@link ChannelInput} releases the
     * rest as the command reads.
     */
    @Override
    protected void configureWindow() {
        CoreModuleProperties.WINDOW_SIZE.set(this, (long) WINDOW.largest());
        super.configureWindow();
        try {
            getLocalWindow().consume(WINDOW.largest() - WINDOW.first());
        } catch (IOException e) {
            throw new IllegalStateException("The window is smaller than the part withheld from it", e);
        }
    }

    /**
     * Enlarges the window of output when the client has granted half of the least window of a channel, in however many
     * messages. With each byte that is granted for itself, the gate would encrypt and send a packet for each byte of a
     * clone. No client waits for bytes that the gate withholds: its window is at least twice as large, so a client that
     * has read all of it has granted enough.
     */
    @Override
    public void handleWindowAdjust(Buffer buffer) throws IOException {
        ungranted += buffer.getUInt();
        if (ungranted >= ChannelService.DATA_LEAST / 2) {
            getRemoteWindow().expand(ungranted);
            ungranted = 0;
        }
    }

    /** Passes the client's data to the command. Closes the channel if there is no command to read it. */
    @Override
    protected void doWriteData(byte[] data, int offset, long length) {
        if (command == null) {
            close(false);
        } else {
            stdin.put(data, offset, (int) length);
        }
    }

    /** Discards extended data, which a client never needs to send. */
    @Override
    protected void doWriteExtendedData(byte[] data, int offset, long length) throws IOException {
        getLocalWindow().release(length);
    }

    @Override
    public void handleEof() throws IOException {
        super.handleEof();
        stdin.end();
    }

    /** Interrupts the command if the client closes the channel or the connection while the command runs. */
    @Override
    protected void preClose() {
        stdin.clientGone();
        interrupt();
        super.preClose();
    }

    private record Streams(InputStream stdin, OutputStream stdout, OutputStream stderr) implements ClientStreams {}
}
