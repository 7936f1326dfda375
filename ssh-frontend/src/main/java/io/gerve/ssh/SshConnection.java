package io.gerve.ssh;

import io.gerve.config.IpNetwork;
import io.gerve.git.GitProtocol;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.login.RefusedLogin.Reason;
import io.gerve.request.ClientRequest;
import io.gerve.ssh.transport.SelectorSession;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.kex.KexState;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.ServerFactoryManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: its address, the fingerprint of its verified key, its running commands, and its timeouts.
 * MINA reads the connection on one thread at a time. The timeout thread and the threads of the commands also call it.
 */
final class SshConnection extends KeyExchangeSession {
    private static final Logger LOG = LoggerFactory.getLogger(SshConnection.class);
    private static final String KEEPALIVE = "keepalive@openssh.com";

    /** Unknown messages accepted from an unauthenticated client, since some clients probe for extensions. */
    private static final int UNKNOWN_MESSAGES_MAX = 8;

    private final ConnectionContext shared;
    private final ConnectionTimeouts timeouts;
    private final Set<SessionChannel> commands = ConcurrentHashMap.newKeySet();
    private final UnreadReplies unreadReplies = new UnreadReplies();
    private final InetAddress peer;
    /** Of the system clock, for the record of a refused login. */
    private final Instant connectedAt = Instant.now();

    private final boolean behindBalancer;
    private volatile @Nullable InetAddress address;
    private volatile @Nullable Fingerprint fingerprint;
    private volatile @Nullable Object owner;
    private volatile @Nullable String refusal;
    private volatile Duration authentication = Duration.ZERO;
    private volatile @Nullable Moment endBy;
    private volatile String endReason = "";
    private volatile boolean ranCommand;
    private boolean authenticationRequested;
    private int keysTried;
    private int unknownMessages;

    SshConnection(ServerFactoryManager server, SelectorSession socket, ConnectionContext shared) throws Exception {
        super(server, socket, shared);
        this.shared = shared;
        this.timeouts = timeouts();
        this.peer = ((InetSocketAddress) socket.getRemoteAddress()).getAddress();
        this.behindBalancer = shared.isProxy(peer);
        countAsUnauthenticated(ConnectionAdmission.entryOf(socket));
        shared.connections().add(this);
        shared.metrics().accepted();
        addCloseFutureListener(_ -> closed());
        if (!behindBalancer) {
            address = peer;
            takeSlot(peer);
            takePlace();
        }
    }

    @Override
    void evict() {
        tooManyLogins();
        leaveQueue();
        close(true);
    }

    @Override
    Object exchangingClient() {
        Object account = owner;
        InetAddress client = address;
        return account != null ? account : client != null ? IpNetwork.ofClient(client) : new Object();
    }

    private void takeSlot(InetAddress client) {
        Optional<Runnable> slot = shared.perAddress().tryAcquire(client);
        if (slot.isPresent()) {
            addCloseFutureListener(_ -> slot.get().run());
        } else {
            refuse(
                    Reason.CONNECTIONS_PER_ADDRESS_MAX,
                    "Too many connections from your address. Please try again in a moment.");
        }
    }

    /** Takes the place of an idle connection if there are too many, and refuses this one if none is idle. */
    private void takePlace() {
        if (refusal == null && !shared.hasRoom()) {
            refuse(Reason.CONNECTIONS_MAX, "Too many connections. Please try again in a moment.");
        }
    }

    private void refuse(Reason reason, String message) {
        refusal = message;
        login().limited(reason, message);
    }

    /**
     * Reports a refused login, then removes this connection. In this order, because a drain ends when the last
     * connection is removed.
     */
    private void closed() {
        leaveQueue();
        InetAddress client = address;
        try {
            if (fingerprint == null && client != null) {
                login().refusal(connectedAt, timeouts.sinceConnected(), client).ifPresent(shared.refusedLogins());
            }
        } catch (RuntimeException bug) {
            LOG.error("Cannot record a refused login", bug);
        } finally {
            shared.connections().remove(this);
        }
    }

    @Override
    protected boolean readIdentification(Buffer buffer) throws Exception {
        boolean isRead = behindBalancer ? address != null || readProxyHeader(buffer) : hasNoProxyHeader(buffer);
        return isRead && super.readIdentification(buffer);
    }

    /** Closes the connection if it begins with a PROXY header. Returns false then, and while more bytes are needed. */
    private boolean hasNoProxyHeader(Buffer buffer) {
        ProxyHeader.Start start = ProxyHeader.startOf(unread(buffer));
        if (start == ProxyHeader.Start.HEADER) {
            shared.proxyHeaders().refused(peer);
            close(true);
        }
        return start == ProxyHeader.Start.OTHER;
    }

    private static byte[] unread(Buffer buffer) {
        return Arrays.copyOfRange(buffer.array(), buffer.rpos(), buffer.rpos() + buffer.available());
    }

    private boolean readProxyHeader(Buffer buffer) throws IOException {
        Optional<ProxyHeader> header;
        try {
            header = ProxyHeader.read(unread(buffer));
        } catch (ProtocolException e) {
            shared.proxyHeaders().missing(peer, e);
            throw e;
        }
        if (header.isEmpty()) {
            return false;
        }
        buffer.rpos(buffer.rpos() + header.get().length());
        InetAddress client = header.get().client().orElse(peer);
        address = client;
        countAsUnauthenticated(shared.unauthenticated(), client);
        header.get().client().ifPresent(this::takeSlot);
        takePlace();
        return true;
    }

    /**
     * Refuses the client here if a limit was reached: before its identification string, a client does not show a
     * disconnect message.
     */
    @Override
    protected void signalPeerIdentificationReceived(String version, List<String> extraLines) throws Exception {
        String reason = refusal;
        if (reason != null) {
            throw new SshException(SshConstants.SSH2_DISCONNECT_TOO_MANY_CONNECTIONS, reason);
        }
        super.signalPeerIdentificationReceived(version, extraLines);
    }

    /**
     * Serves one request for ssh-userauth. A second one would reset MINA's count of attempts and its login grace time.
     */
    @Override
    protected boolean handleServiceRequest(String name, Buffer buffer) throws Exception {
        if (authenticationRequested || !name.equals("ssh-userauth")) {
            disconnect(
                    SshConstants.SSH2_DISCONNECT_SERVICE_NOT_AVAILABLE,
                    "Only one service request, for ssh-userauth, is accepted");
            return false;
        }
        authenticationRequested = true;
        return super.handleServiceRequest(name, buffer);
    }

    /** Counts a key that the client tried, and returns whether it is within frontend.max_auth_tries. */
    boolean mayTryKey() {
        return ++keysTried <= shared.limits().maxAuthTries();
    }

    /**
     * Binds the connection to a key, once.
     *
     * @param key must be the key whose signature over this connection's session id was verified, and no other
     * @param owner the account or organization that the connection counts for; the client's address if that is unknown
     */
    void bind(Fingerprint key, Object owner) {
        if (fingerprint != null) {
            throw new IllegalStateException("This connection is already bound to a key");
        }
        fingerprint = key;
        this.owner = owner;
        shared.metrics().loggedIn();
        authentication = timeouts.loggedIn();
        liftBounds();
        shared.authenticated().add(this);
        addCloseFutureListener(_ -> shared.authenticated().remove(this));
        countAsIdle(shared.idle(), owner);
    }

    @Override
    boolean isIdle() {
        return !isRunning() && !isClosing();
    }

    @Override
    int unreadReplyBytes() {
        return unreadReplies.bytes();
    }

    /** Closes this connection at once if the client does not read, since it would not read the reason either. */
    @Override
    void evictIdle() {
        if (!isIdle()) {
            return;
        }
        shared.authenticated().remove(this);
        if (unreadReplies.bytes() > 0) {
            close(true);
        } else {
            end(TOO_MANY_IDLE, Duration.ZERO);
        }
    }

    /** Returns the reason for which no further command may start, or empty if one may. */
    Optional<String> commandRefusal() {
        return endReason.isEmpty() || (!ranCommand && endBy == null) ? Optional.empty() : Optional.of(endReason);
    }

    boolean begin(SessionChannel command) {
        if (fingerprint == null || !isAuthenticated() || commandRefusal().isPresent()) {
            return false;
        }
        ranCommand = true;
        commands.add(command);
        updateIdle();
        return true;
    }

    ClientRequest request(String execLine, GitProtocol protocol) {
        InetAddress client = address;
        Fingerprint key = fingerprint;
        if (client == null || key == null) {
            throw new IllegalStateException("A command on a connection that is not authenticated");
        }
        Duration authenticationTime = authentication;
        authentication = Duration.ZERO;
        return new ClientRequest("ssh", client, key, authenticationTime, execLine, protocol);
    }

    void ended(SessionChannel command) {
        timeouts.commandEnded();
        commands.remove(command);
        updateIdle();
    }

    /** Returns whether a channel is open. A client that has closed its channel has read all output of its command. */
    private boolean hasOpenChannel() {
        return getServices().stream()
                .anyMatch(s -> s instanceof ChannelService channels
                        && !channels.getChannels().isEmpty());
    }

    private boolean isRunning() {
        return !commands.isEmpty();
    }

    @Override
    protected void handleMessage(Buffer buffer) throws Exception {
        timeouts.messageReceived();
        if (authenticationRequested && fingerprint == null) {
            login().receivedMessage(buffer);
        }
        super.handleMessage(buffer);
    }

    /**
     * Answers an unknown message. Disconnects a client that sends many of them while it is unauthenticated or has a key
     * exchange open, since each reply takes memory and such a client needs none.
     */
    @Override
    protected IoWriteFuture notImplemented(int message, Buffer buffer) throws Exception {
        if ((!isAuthenticated() || getKexState() != KexState.DONE) && ++unknownMessages > UNKNOWN_MESSAGES_MAX) {
            throw new SshException(SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR, NOT_AUTHENTICATED);
        }
        return super.notImplemented(message, buffer);
    }

    @Override
    protected IoWriteFuture doWritePacket(Buffer packet) throws IOException {
        int message = packet.rawByte(packet.rpos()) & 0xff;
        if (message == SshConstants.SSH_MSG_CHANNEL_DATA || message == SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA) {
            return super.doWritePacket(packet);
        }
        login().sentMessage(message);
        Runnable written = unreadReplies.add(packet.available());
        return super.doWritePacket(packet).addListener(_ -> written.run());
    }

    /** Checks the timeouts, and sends a keepalive if one is due. The timeout thread calls this once a second. */
    void tick(Moment now) {
        if (isClosing()) {
            return;
        }
        try {
            if ((address == null && timeouts.isHeaderOverdue(now))
                    || (refusal != null && timeouts.isRefusalOverdue(now))) {
                close(true);
                return;
            }
            Optional<String> overdue = overdueReason(now);
            if (overdue.isPresent()) {
                login().disconnected(overdue.get());
                disconnect(SshConstants.SSH2_DISCONNECT_BY_APPLICATION, overdue.get());
            } else if (isAuthenticated() && getKexState() == KexState.DONE && timeouts.isKeepaliveDue(now)) {
                sendKeepalive();
            }
        } catch (IOException | RuntimeException e) {
            LOG.debug("Cannot send a keepalive or disconnect message to a client", e);
            close(true);
        }
    }

    private Optional<String> overdueReason(Moment now) {
        Moment limit = endBy;
        return limit != null && now.isAfter(limit)
                ? Optional.of(endReason)
                : timeouts.overdue(now, getKexState(), isAuthenticated(), isRunning());
    }

    /**
     * Sends a global request that wants a reply, so that bytes flow in both directions and load balancers do not close
     * the connection as idle. A failure reply serves as well.
     */
    private void sendKeepalive() throws IOException {
        Buffer packet = createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST, 64);
        packet.putString(KEEPALIVE);
        packet.putBoolean(true);
        writePacket(packet);
    }

    /**
     * Closes the connection if it has no running command, no open channel, and no first command to wait for. Must be
     * called again otherwise. An authenticated client has five seconds to send its first command. An unauthenticated
     * client is disconnected.
     *
     * @param reason the message for the client
     * @return whether the connection is being closed
     */
    boolean endWhenIdle(String reason, Moment now) {
        if (endReason.isEmpty()) {
            endReason = reason;
        }
        boolean expectsCommand = isAuthenticated() && !ranCommand && !timeouts.isFirstCommandOverdue(now);
        if (!isRunning() && !expectsCommand && !hasOpenChannel()) {
            end(reason, Duration.ZERO);
            return true;
        }
        return false;
    }

    /**
     * Interrupts the commands and closes the connection.
     *
     * @param reason the message for the client
     * @param gracePeriod the time that the interrupted commands have to send their final messages
     */
    void end(String reason, Duration gracePeriod) {
        Moment limit = Moment.now().plus(gracePeriod);
        Moment earlier = endBy;
        endReason = reason;
        endBy = earlier == null || earlier.isAfter(limit) ? limit : earlier;
        commands.forEach(SessionChannel::interrupt);
        if (gracePeriod.isZero()) {
            tick(limit.plus(Duration.ofNanos(1)));
        }
    }
}
