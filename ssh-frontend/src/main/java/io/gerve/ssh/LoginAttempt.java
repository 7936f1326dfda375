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

/** What one connection did to be logged in, should it not be. Safe for use by many threads. */
final class LoginAttempt {
    private static final Logger LOG = LoggerFactory.getLogger(LoginAttempt.class);
    /** Beyond what honest clients show before they are cut off. */
    private static final int KEYS_MAX = 20;

    private static final int USER_MAX = 256;
    private static final Set<Reason> PROVEN = EnumSet.of(Reason.KEY_NOT_LOOKED_UP, Reason.KEY_UNKNOWN);

    /** Each with what is weightiest of it, in the order in which they were shown. */
    private final LinkedHashMap<Fingerprint, Reason> keys = new LinkedHashMap<>();

    private boolean asked;
    private String user = "";
    /** What the client asked for last has not been refused. */
    private boolean isOpen;

    private Reason reason = Reason.NO_KEY;
    private String message = "";

    /** Takes the user's name from a request to be let in, by whichever method: MINA tells only of requests by those that are offered. */
    void receivedMessage(Buffer message) {
        if (message.available() == 0 || message.rawByte(message.rpos()) != SshConstants.SSH_MSG_USERAUTH_REQUEST) {
            return;
        }
        try {
            requestedUser(new ByteArrayBuffer(message.array(), message.rpos() + 1, message.available() - 1)
                    .getString(StandardCharsets.UTF_8));
        } catch (BufferException e) {
            LOG.debug("a request to be let in that cannot be read", e);
        }
    }

    private synchronized void requestedUser(String name) {
        isOpen = true;
        if (!asked) {
            asked = true;
            user = name.substring(0, Math.min(name.length(), USER_MAX));
            recordReason(name.equals(KeyAuthenticator.USER) ? Reason.NO_KEY : Reason.USER_UNKNOWN);
        }
    }

    /** When there are too many keys the last of those that weigh least is forgotten: a key that weighs more is none that others push out. */
    synchronized void keyRefused(Fingerprint key, Reason why) {
        recordReason(why);
        keys.merge(key, why, LoginAttempt::moreSpecific);
        if (keys.size() > KEYS_MAX) {
            keys.remove(Collections.min(keys.sequencedKeySet().reversed(), Comparator.comparing(keys::get)));
        }
    }

    /** @param number the number of one that is sent to the client */
    synchronized void sentMessage(int number) {
        if (number == SshConstants.SSH_MSG_USERAUTH_FAILURE
                || (number == SshConstants.SSH_MSG_DISCONNECT && message.isEmpty())) {
            isOpen = false;
        }
    }

    /** The connection is about to be ended for a reason that refuses nothing. */
    synchronized void cut(String message) {
        if (asked) {
            isOpen = true;
            this.message = message;
        }
    }

    /** The client is told that it, or all clients, have too much. */
    synchronized void limited(Reason limit, String message) {
        recordReason(limit);
        this.message = message;
    }

    private void recordReason(Reason why) {
        reason = moreSpecific(reason, why);
    }

    private static Reason moreSpecific(Reason one, Reason other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /** @return empty if the client asked for nothing, as a probe of a balancer does not */
    synchronized Optional<RefusedLogin> refusal(Instant connected, InetAddress address) {
        if (!asked && message.isEmpty()) {
            return Optional.empty();
        }
        List<Fingerprint> shown = new ArrayList<>(keys.keySet());
        shown.sort(Comparator.comparing(keys::get, Comparator.reverseOrder()));
        return Optional.of(new RefusedLogin(
                connected,
                address,
                user,
                shown,
                isOpen && reason.compareTo(Reason.KEY_NOT_VERIFIED) <= 0 ? Reason.UNFINISHED : reason,
                keys.values().stream().anyMatch(PROVEN::contains),
                message,
                Duration.between(connected, Instant.now())));
    }
}
