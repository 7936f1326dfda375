package io.gerve.ssh;

import io.gerve.keylookup.key.Fingerprint;
import io.gerve.login.RefusedLogin;
import io.gerve.login.RefusedLogin.Reason;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.BufferException;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Record of one connection's attempt to log in, from which a {@link RefusedLogin} is made if it fails. Safe for use by
 * many threads.
 */
final class LoginAttempt {
    private static final Logger LOG = LoggerFactory.getLogger(LoginAttempt.class);
    /** More keys than a legitimate client sends before it is disconnected. */
    private static final int KEYS_MAX = 20;

    private static final int USER_MAX = 256;
    private static final Set<Reason> PROVEN = EnumSet.of(Reason.KEY_NOT_LOOKED_UP, Reason.KEY_UNKNOWN);

    /** The client's keys in the order of their first use, each with its most specific reason. */
    private final LinkedHashMap<Fingerprint, Reason> keys = new LinkedHashMap<>();

    private boolean hasRequested;
    private String user = "";
    /** Whether the client's last request has not been refused. */
    private boolean isPending;

    private Reason reason = Reason.NO_KEY;
    private String message = "";

    /**
     * Reads the user name from an authentication request of any method. MINA reports only the requests of methods that
     * the server offers.
     */
    void receivedMessage(Buffer message) {
        if (message.available() == 0 || message.rawByte(message.rpos()) != SshConstants.SSH_MSG_USERAUTH_REQUEST) {
            return;
        }
        try {
            requestedUser(new ByteArrayBuffer(message.array(), message.rpos() + 1, message.available() - 1)
                    .getString(StandardCharsets.UTF_8));
        } catch (BufferException e) {
            LOG.debug("Cannot parse an authentication request", e);
        }
    }

    private synchronized void requestedUser(String name) {
        isPending = true;
        if (!hasRequested) {
            hasRequested = true;
            user = name.substring(0, Math.min(name.length(), USER_MAX));
            recordReason(name.equals(KeyAuthenticator.USER) ? Reason.NO_KEY : Reason.USER_UNKNOWN);
        }
    }

    /**
     * Records a key that was refused or only offered. If there are more than {@link #KEYS_MAX} keys, drops the latest
     * key with the least specific reason, so that junk keys cannot displace a key with a more specific reason.
     */
    synchronized void keyRefused(Fingerprint key, Reason keyReason) {
        recordReason(keyReason);
        keys.merge(key, keyReason, LoginAttempt::moreSpecific);
        if (keys.size() > KEYS_MAX) {
            keys.remove(Collections.min(keys.sequencedKeySet().reversed(), Comparator.comparing(keys::get)));
        }
    }

    /**
     * Records a message to the client.
     *
     * @param number the SSH message number
     */
    synchronized void sentMessage(int number) {
        if (number == SshConstants.SSH_MSG_USERAUTH_FAILURE
                || (number == SshConstants.SSH_MSG_DISCONNECT && message.isEmpty())) {
            isPending = false;
        }
    }

    /** Records that the frontend disconnects the client for a reason that is not a refusal, such as a timeout. */
    synchronized void disconnected(String message) {
        if (hasRequested) {
            isPending = true;
            this.message = message;
        }
    }

    /** Records that the frontend disconnects the client because a limit was reached. */
    synchronized void limited(Reason limit, String message) {
        recordReason(limit);
        this.message = message;
    }

    private void recordReason(Reason other) {
        reason = moreSpecific(reason, other);
    }

    private static Reason moreSpecific(Reason one, Reason other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /**
     * Returns the refused login, or empty if the client sent no authentication request and reached no limit, as with a
     * load balancer's health check.
     */
    synchronized Optional<RefusedLogin> refusal(Instant connectedAt, Duration duration, InetAddress address) {
        if (!hasRequested && message.isEmpty()) {
            return Optional.empty();
        }
        List<Fingerprint> mostSpecificFirst = new ArrayList<>(keys.keySet());
        mostSpecificFirst.sort(Comparator.comparing(keys::get, Comparator.reverseOrder()));
        return Optional.of(new RefusedLogin(
                connectedAt,
                address,
                user,
                mostSpecificFirst,
                isPending && reason.compareTo(Reason.KEY_NOT_VERIFIED) <= 0 ? Reason.UNFINISHED : reason,
                keys.values().stream().anyMatch(PROVEN::contains),
                message,
                duration));
    }
}
