package io.gerve.ssh;

import io.gerve.git.GitProtocol;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.login.RefusedLogin.Reason;
import io.gerve.request.ClientRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.future.KeyExchangeFuture;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.kex.KexState;
import org.apache.sshd.common.session.helpers.KeyExchangeMessageHandler;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.ServerFactoryManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: where it comes from, whose key signed, and which commands run. MINA reads it on one thread at a time; the clock
 * and the commands come from threads of their own.
 */
final class SshConnection extends BoundedSession {
    private static final Logger LOG = LoggerFactory.getLogger(SshConnection.class);
    private static final String KEEPALIVE = "keepalive@openssh.com";
    private static final String NOT_AUTHENTICATED = "Log in first";
    private static final String TOO_MANY_LOGINS = "Too many logins at once. Please try again in a moment.";

    /** Messages without a meaning, from a client that has not logged in: some clients may try out an extension or two. */
    private static final int UNEXPECTED_MAX = 8;

    private final ConnectionContext shared;
    private final ConnectionTimeouts timeouts;
    private final Set<SessionChannel> commands = ConcurrentHashMap.newKeySet();
    private final UnreadReplies unreadReplies = new UnreadReplies();
    private final boolean behindBalancer;
    private volatile @Nullable InetAddress address;
    private volatile @Nullable Fingerprint fingerprint;
    private volatile @Nullable String refusal;
    private volatile Duration authentication = Duration.ZERO;
    private volatile Instant endBy = Instant.MAX;
    private volatile String endReason = "";
    private volatile boolean ranCommand;
    private final LoginAttempt loginAttempt = new LoginAttempt();
    private final CipherSwitch cipherSwitch = new CipherSwitch();
    private boolean authenticationRequested;
    private int signaturesTried;
    private int unexpected;

    SshConnection(ServerFactoryManager server, IoSession socket, ConnectionContext door) throws Exception {
        super(server, socket);
        this.shared = door;
        this.timeouts = new ConnectionTimeouts(door.timeouts(), Instant.now());
        InetAddress peer = ((InetSocketAddress) socket.getRemoteAddress()).getAddress();
        this.behindBalancer = door.settings().trustedProxies().stream().anyMatch(network -> network.contains(peer));
        door.connections().add(this);
        addCloseFutureListener(_ -> closed());
        if (!behindBalancer) {
            address = peer;
            countAsUnauthenticated(door.unauthenticated(), peer);
        }
        if (door.connections().size() > door.limits().connectionsMax()) {
            refuse(Reason.CONNECTIONS_MAX, "Too many connections. Please try again in a moment.");
        } else if (!behindBalancer) {
            admit(peer);
        }
    }

    @Override
    void evict() {
        loginAttempt.cut(TOO_MANY_LOGINS);
        close(true);
    }

    private void admit(InetAddress client) {
        Optional<Runnable> slot = shared.perAddress().tryTake(client);
        if (slot.isPresent()) {
            addCloseFutureListener(_ -> slot.get().run());
        } else {
            refuse(
                    Reason.CONNECTIONS_PER_ADDRESS_MAX,
                    "Too many connections from your address. Please try again in a moment.");
        }
    }

    private void refuse(Reason reason, String message) {
        refusal = message;
        loginAttempt.limited(reason, message);
    }

    /** A drain ends when the last is removed: what is to be told of it is told by then. */
    private void closed() {
        InetAddress from = address;
        try {
            if (fingerprint == null && from != null) {
                loginAttempt.refusal(timeouts.connected(), from).ifPresent(shared.refusedLogins());
            }
        } catch (RuntimeException bug) {
            LOG.error("a refused login could not be noted", bug);
        } finally {
            shared.connections().remove(this);
        }
    }

    @Override
    protected KeyExchangeMessageHandler initializeKeyExchangeMessageHandler() {
        return new BoundedKeyExchange(this, log);
    }

    // --- before the key exchange

    @Override
    protected boolean readIdentification(Buffer buffer) throws Exception {
        if (address == null && !readProxyHeader(buffer)) {
            return false;
        }
        return super.readIdentification(buffer);
    }

    private boolean readProxyHeader(Buffer buffer) throws IOException {
        int start = buffer.rpos();
        byte[] bytes = Arrays.copyOfRange(buffer.array(), start, start + buffer.available());
        Optional<ProxyHeader> header = ProxyHeader.read(bytes);
        if (header.isEmpty()) {
            return false;
        }
        buffer.rpos(start + header.get().length());
        InetAddress balancer = ((InetSocketAddress) getIoSession().getRemoteAddress()).getAddress();
        InetAddress client = header.get().client().orElse(balancer);
        address = client;
        countAsUnauthenticated(shared.unauthenticated(), client);
        if (refusal == null && header.get().client().isPresent()) {
            admit(client);
        }
        return true;
    }

    /** The first moment at which a client shows a reason for being turned away. */
    @Override
    protected void signalPeerIdentificationReceived(String version, List<String> extraLines) throws Exception {
        String reason = refusal;
        if (reason != null) {
            throw new SshException(SshConstants.SSH2_DISCONNECT_TOO_MANY_CONNECTIONS, reason);
        }
        super.signalPeerIdentificationReceived(version, extraLines);
    }

    /** The time is taken before the state changes, which the clock reads. */
    @Override
    protected KeyExchangeFuture requestNewKeysExchange() throws Exception {
        if (getKexState() == KexState.DONE) {
            timeouts.keyExchangeStarted();
        }
        return super.requestNewKeysExchange();
    }

    /**
     * The client opens an exchange, or answers ours: from here on it has no reason to be slow. Who has not logged in has no reason for a
     * second one either, and could have us compute without end.
     */
    @Override
    protected byte[] receiveKexInit(Buffer buffer) throws Exception {
        if (initialKexDone && !isAuthenticated()) {
            throw new SshException(SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR, NOT_AUTHENTICATED);
        }
        timeouts.keyExchangeStarted();
        return super.receiveKexInit(buffer);
    }

    /** Most of the computing. That this takes time, and may have to wait, is no slowness of the client. */
    @Override
    protected void handleKexMessage(int message, Buffer buffer) throws Exception {
        if (getKexState() != KexState.RUN) {
            super.handleKexMessage(message, buffer);
            return;
        }
        timeouts.pause();
        try {
            computeKeys(isAuthenticated() ? shared.rekeyExchanges() : shared.loginExchanges(), message, buffer);
        } finally {
            timeouts.resume();
        }
    }

    private void computeKeys(KeyExchangeQueue turns, int message, Buffer buffer) throws Exception {
        if (!turns.acquire(shared.timeouts().loginGraceTime())) {
            loginAttempt.cut(TOO_MANY_LOGINS);
            throw new SshException(SshConstants.SSH2_DISCONNECT_TOO_MANY_CONNECTIONS, TOO_MANY_LOGINS);
        }
        try {
            if (isOpen()) {
                super.handleKexMessage(message, buffer);
            }
        } finally {
            turns.release();
        }
    }

    @Override
    protected Map<KexProposalOption, String> setNegotiationResult(Map<KexProposalOption, String> agreed) {
        cipherSwitch.agreed(getClientVersion(), getClientKexProposals(), agreed);
        return super.setNegotiationResult(agreed);
    }

    /** Asked for at each exchange of keys; what MINA answers is made at the first. */
    @Override
    protected Map<KexProposalOption, String> getKexProposal() throws Exception {
        return cipherSwitch.restricted(super.getKexProposal());
    }

    @Override
    protected boolean isRekeyDataSizeExceeded() {
        return super.isRekeyDataSizeExceeded() || cipherSwitch.isDue(Math.max(inBytesCount.get(), outBytesCount.get()));
    }

    // --- who is it

    /** Once: in MINA a second request would start over with no attempts counted and a new login grace. */
    @Override
    protected boolean handleServiceRequest(String name, Buffer buffer) throws Exception {
        if (authenticationRequested || !name.equals("ssh-userauth")) {
            disconnect(
                    SshConstants.SSH2_DISCONNECT_SERVICE_NOT_AVAILABLE,
                    "Only one request, for ssh-userauth, is served");
            return false;
        }
        authenticationRequested = true;
        return super.handleServiceRequest(name, buffer);
    }

    LoginAttempt login() {
        return loginAttempt;
    }

    /** @return whether this client may try one more signature */
    boolean mayTrySignature() {
        return ++signaturesTried <= shared.limits().maxAuthTries();
    }

    /** @param key whose signature over this connection's session id was verified: nothing else may ever be passed here */
    void bind(Fingerprint key) {
        if (fingerprint != null) {
            throw new IllegalStateException("this connection is bound to a key already");
        }
        fingerprint = key;
        authentication = timeouts.loggedIn();
        liftBounds();
    }

    // --- what is asked

    /** @return why no further command may be started, empty if one may */
    Optional<String> commandRefusal() {
        return endReason.isEmpty() || (!ranCommand && endBy.equals(Instant.MAX))
                ? Optional.empty()
                : Optional.of(endReason);
    }

    boolean begin(SessionChannel command) {
        if (fingerprint == null || !isAuthenticated() || commandRefusal().isPresent()) {
            return false;
        }
        ranCommand = true;
        return commands.add(command);
    }

    ClientRequest request(String line, GitProtocol protocol) {
        InetAddress from = address;
        Fingerprint key = fingerprint;
        if (from == null || key == null) {
            throw new IllegalStateException("a command of nobody");
        }
        Duration took = authentication;
        authentication = Duration.ZERO;
        return new ClientRequest("ssh", from, key, took, line, protocol);
    }

    void ended(SessionChannel command) {
        timeouts.idle();
        commands.remove(command);
    }

    /** A client has read the last of its command when it has closed the channel too. */
    private boolean hasOpenChannel() {
        return getServices().stream()
                .anyMatch(s -> s instanceof ChannelService channels
                        && !channels.getChannels().isEmpty());
    }

    private boolean isRunning() {
        return !commands.isEmpty();
    }

    // --- staying up

    @Override
    protected void handleMessage(Buffer buffer) throws Exception {
        timeouts.heard();
        if (authenticationRequested && fingerprint == null) {
            loginAttempt.receivedMessage(buffer);
        }
        super.handleMessage(buffer);
    }

    /** Answers each, but not many from a client that has not logged in or has a key exchange open, neither of which needs any. */
    @Override
    protected IoWriteFuture notImplemented(int message, Buffer buffer) throws Exception {
        if ((!isAuthenticated() || getKexState() != KexState.DONE) && ++unexpected > UNEXPECTED_MAX) {
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
        loginAttempt.sentMessage(message);
        Runnable read = unreadReplies.add(packet.available());
        return super.doWritePacket(packet).addListener(_ -> read.run());
    }

    /** Called every second. */
    void tick(Instant now) {
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
                loginAttempt.cut(overdue.get());
                disconnect(SshConstants.SSH2_DISCONNECT_BY_APPLICATION, overdue.get());
            } else if (isAuthenticated() && getKexState() == KexState.DONE && timeouts.isKeepaliveDue(now)) {
                sendKeepalive();
            }
        } catch (IOException | RuntimeException e) {
            LOG.debug("a client could not be told", e);
            close(true);
        }
    }

    private Optional<String> overdueReason(Instant now) {
        return now.isAfter(endBy)
                ? Optional.of(endReason)
                : timeouts.overdue(now, getKexState(), isAuthenticated(), isRunning());
    }

    /** A request with an answer, so that bytes go both ways: balancers cut what is silent. That the answer is a refusal does not matter. */
    private void sendKeepalive() throws IOException {
        Buffer packet = createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST, 64);
        packet.putString(KEEPALIVE);
        packet.putBoolean(true);
        writePacket(packet);
    }

    /**
     * Lets what runs go on, then ends the connection. A client that is about to send its first command may still do so, for a moment; one
     * that has not logged in may not.
     *
     * @param reason for the client
     * @return whether there is nothing to wait for, and the connection is being closed
     */
    boolean endWhenIdle(String reason, Instant now) {
        if (endReason.isEmpty()) {
            endReason = reason;
        }
        boolean used = !isAuthenticated() || ranCommand || timeouts.isFirstCommandOverdue(now);
        if (!isRunning() && used && !hasOpenChannel()) {
            end(reason, Duration.ZERO);
            return true;
        }
        return false;
    }

    /**
     * Ends the connection soon.
     *
     * @param reason for the client
     * @param lastWords how long its commands, whose threads are interrupted, have to tell the client why they end
     */
    void end(String reason, Duration lastWords) {
        Instant limit = Instant.now().plus(lastWords);
        endReason = reason;
        endBy = limit.isBefore(endBy) ? limit : endBy;
        commands.forEach(SessionChannel::interrupt);
        if (lastWords.isZero()) {
            tick(Instant.now().plusMillis(1));
        }
    }
}
