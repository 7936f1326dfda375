package io.gerve.ssh;

import io.gerve.login.RefusedLogin.Reason;
import io.gerve.ssh.algorithm.CipherSwitch;
import io.gerve.ssh.algorithm.FailedNegotiation;
import io.gerve.ssh.transport.FairQueue;
import io.gerve.ssh.transport.SelectorSession;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.future.KeyExchangeFuture;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.kex.KexState;
import org.apache.sshd.common.session.helpers.KeyExchangeMessageHandler;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.ServerFactoryManager;
import org.jspecify.annotations.Nullable;

/**
 * Server session whose key exchanges are computed in turn, and which switches to cheaper ciphers. It refuses key
 * re-exchanges before the login.
 */
abstract class KeyExchangeSession extends BoundedSession {
    static final String NOT_AUTHENTICATED = "Log in first";
    static final String TOO_MANY_LOGINS = "Too many logins at once. Please try again in a moment.";

    private final ConnectionContext shared;
    private final ConnectionTimeouts timeouts;
    private final LoginAttempt loginAttempt = new LoginAttempt();
    private final CipherSwitch cipherSwitch;
    private boolean isStartedByClient;
    private volatile FairQueue.@Nullable Turn turn;

    KeyExchangeSession(ServerFactoryManager server, SelectorSession socket, ConnectionContext shared) throws Exception {
        super(server, socket);
        this.shared = shared;
        this.cipherSwitch = new CipherSwitch(shared.settings().algorithms().ciphers());
        this.timeouts = new ConnectionTimeouts(shared.timeouts(), Moment.now());
    }

    final ConnectionTimeouts timeouts() {
        return timeouts;
    }

    /** Returns the client towards whose rate a key exchange counts: its verified key, or else its address. */
    abstract Object exchangingClient();

    final LoginAttempt login() {
        return loginAttempt;
    }

    /** Records that the client is disconnected because too many others log in. */
    final void tooManyLogins() {
        loginAttempt.disconnected(TOO_MANY_LOGINS);
    }

    @Override
    protected KeyExchangeMessageHandler initializeKeyExchangeMessageHandler() {
        return new BoundedKeyExchange(this, log);
    }

    /** Starts a key re-exchange. Sets the start time first, because the timeout thread reads the state. */
    @Override
    protected KeyExchangeFuture requestNewKeysExchange() throws Exception {
        if (getKexState() == KexState.DONE) {
            timeouts.keyExchangeStarted();
        }
        return super.requestNewKeysExchange();
    }

    /**
     * Starts the timeout of the key exchange, since the client has now begun or answered it. Refuses a second key
     * exchange before authentication: a client has no legitimate reason for it, and could make the frontend compute
     * without end.
     */
    @Override
    protected byte[] receiveKexInit(Buffer buffer) throws Exception {
        if (initialKexDone && !isAuthenticated()) {
            throw new SshException(SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR, NOT_AUTHENTICATED);
        }
        isStartedByClient = !initialKexDone || getKexState() == KexState.DONE;
        timeouts.keyExchangeStarted();
        return super.receiveKexInit(buffer);
    }

    /**
     * Computes the keys when it is this client's turn. The wait and the computation do not count against the client's
     * timeouts.
     */
    @Override
    protected void handleKexMessage(int message, Buffer buffer) throws Exception {
        if (getKexState() != KexState.RUN) {
            super.handleKexMessage(message, buffer);
            return;
        }
        timeouts.pause();
        try {
            computeKeys(message, buffer);
        } finally {
            timeouts.resume();
        }
    }

    private void computeKeys(int message, Buffer buffer) throws Exception {
        try (FairQueue.Turn own = enterQueue()) {
            turn = own;
            socket().leaveTurn();
            boolean mayCompute = own.await(
                    isAuthenticated()
                            ? shared.timeouts().clientAliveTimeout()
                            : shared.timeouts().loginGraceTime());
            if (mayCompute && isOpen()) {
                replyInOnePiece(message, buffer);
            } else if (isOpen()) {
                tooManyLogins();
                throw new SshException(SshConstants.SSH2_DISCONNECT_TOO_MANY_CONNECTIONS, TOO_MANY_LOGINS);
            }
        } finally {
            turn = null;
        }
    }

    /**
     * Computes the keys. The reply, NEWKEYS and EXT_INFO leave in one write, because libssh chooses a signature algorithm
     * for an RSA key as soon as it has read NEWKEYS, and falls back to SHA-1 if EXT_INFO is not there yet.
     */
    private void replyInOnePiece(int message, Buffer buffer) throws Exception {
        socket().hold();
        try {
            super.handleKexMessage(message, buffer);
        } finally {
            socket().release();
        }
    }

    /**
     * An exchange that the frontend has started counts towards nobody's rate. The queue remembers its clients, so it must
     * not be given this connection, which would stay in memory after its end.
     */
    private FairQueue.Turn enterQueue() {
        FairQueue queue = isAuthenticated() ? shared.rekeyExchanges() : shared.loginExchanges();
        return queue.enter(isStartedByClient ? exchangingClient() : new Object());
    }

    /** Gives up the place in the queue, since the connection is closed. */
    final void leaveQueue() {
        FairQueue.Turn waiting = turn;
        if (waiting != null) {
            waiting.giveUp();
        }
    }

    /** Records what the client offered if it has no algorithm of some kind in common with the frontend. */
    @Override
    protected Map<KexProposalOption, String> negotiate() throws Exception {
        try {
            return super.negotiate();
        } catch (IOException e) {
            Optional<FailedNegotiation> failure =
                    FailedNegotiation.of(getClientKexProposals(), getServerKexProposals());
            if (failure.isEmpty()) {
                throw e;
            }
            FailedNegotiation failed = failure.get();
            shared.metrics().negotiationFailed(failed.part(), failed.offered());
            String message = failed.message(getClientVersion());
            loginAttempt.limited(Reason.NO_COMMON_ALGORITHM, message);
            throw new SshException(SshConstants.SSH2_DISCONNECT_KEY_EXCHANGE_FAILED, message, e);
        }
    }

    @Override
    protected Map<KexProposalOption, String> setNegotiationResult(Map<KexProposalOption, String> agreed) {
        cipherSwitch.agreed(getClientVersion(), getClientKexProposals(), agreed);
        return super.setNegotiationResult(agreed);
    }

    /**
     * Returns the proposal for this key exchange. MINA calls this for each exchange, but builds its own proposal only
     * once.
     */
    @Override
    protected Map<KexProposalOption, String> getKexProposal() throws Exception {
        return cipherSwitch.restricted(super.getKexProposal());
    }

    /** Returns the algorithms for which there is a host key, in the configured order, where MINA has an order of its own. */
    @Override
    protected String resolveAvailableSignaturesProposal(FactoryManager server)
            throws IOException, GeneralSecurityException {
        List<String> possible =
                List.of(super.resolveAvailableSignaturesProposal(server).split(","));
        return shared.settings().algorithms().hostKeyAlgorithms().stream()
                .filter(possible::contains)
                .collect(Collectors.joining(","));
    }

    /** Replaces MINA's check, which reads the system clock. */
    @Override
    protected boolean isRekeyTimeIntervalExceeded() {
        return timeouts.sinceKeyExchange().compareTo(maxRekeyInterval) > 0;
    }

    @Override
    protected boolean isRekeyDataSizeExceeded() {
        return super.isRekeyDataSizeExceeded() || cipherSwitch.isDue(Math.max(inBytesCount.get(), outBytesCount.get()));
    }
}
