package io.gerve.ssh;

import io.gerve.config.FrontendSettings.Timeouts;
import java.time.Duration;
import java.util.Optional;
import org.apache.sshd.common.kex.KexState;
import org.jspecify.annotations.Nullable;

/** Timestamps of one connection, and the checks of its timeouts against them. Safe for use by many threads. */
final class ConnectionTimeouts {
    private static final Duration PROXY_HEADER = Duration.ofSeconds(3);

    /** Time within which a refused client must send its identification string, so that it can be told the reason. */
    private static final Duration REFUSAL = Duration.ofSeconds(5);

    /** Time within which an authenticated client must send its first command while the program is draining. */
    private static final Duration FIRST_COMMAND = Duration.ofSeconds(5);

    private final Timeouts limits;
    private final Moment connected;
    private volatile Moment authenticated;
    private volatile Moment lastMessage;
    private volatile Moment lastKeepalive;
    private volatile Moment loginStarted;
    private volatile Moment keyExchangeStarted;
    private volatile @Nullable Moment pausedSince;
    private volatile Moment idleSince;

    ConnectionTimeouts(Timeouts limits, Moment connected) {
        this.limits = limits;
        this.connected = connected;
        this.authenticated = connected;
        this.lastMessage = connected;
        this.lastKeepalive = connected;
        this.loginStarted = connected;
        this.keyExchangeStarted = connected;
        this.idleSince = connected;
    }

    Duration sinceConnected() {
        return Moment.now().since(connected);
    }

    Duration sinceKeyExchange() {
        return Moment.now().since(keyExchangeStarted);
    }

    void messageReceived() {
        lastMessage = Moment.now();
    }

    void keyExchangeStarted() {
        keyExchangeStarted = Moment.now();
    }

    /** Stops the clock of the key exchange and the login, because the client waits for the frontend. */
    void pause() {
        pausedSince = Moment.now();
    }

    /** Restarts the clock. The time since {@link #pause} does not count against the client. */
    void resume() {
        Moment start = pausedSince;
        if (start != null) {
            Duration pause = Moment.now().since(start);
            keyExchangeStarted = keyExchangeStarted.plus(pause);
            loginStarted = loginStarted.plus(pause);
            pausedSince = null;
        }
    }

    /** Records that the client has authenticated, and returns the time since it connected. */
    Duration loggedIn() {
        Moment now = Moment.now();
        authenticated = now;
        idleSince = now;
        return now.since(connected);
    }

    void commandEnded() {
        idleSince = Moment.now();
    }

    boolean isHeaderOverdue(Moment now) {
        return isPast(now, PROXY_HEADER, connected);
    }

    boolean isRefusalOverdue(Moment now) {
        return isPast(now, REFUSAL, connected);
    }

    boolean isFirstCommandOverdue(Moment now) {
        return isPast(now, FIRST_COMMAND, authenticated);
    }

    /** Returns whether a keepalive is due. If so, it counts as sent from now on. Must be called by one thread only. */
    boolean isKeepaliveDue(Moment now) {
        boolean isDue = isPast(now, limits.keepaliveInterval(), lastKeepalive);
        if (isDue) {
            lastKeepalive = now;
        }
        return isDue;
    }

    /**
     * Returns the message for the client that has exceeded a timeout, or empty if it has exceeded none.
     *
     * @param exchange the state of the key exchange
     * @param isRunning whether the connection runs a command
     */
    Optional<String> overdue(Moment now, KexState exchange, boolean isAuthenticated, boolean isRunning) {
        if (pausedSince != null) {
            return Optional.empty();
        }
        // State INIT: the frontend started the exchange and the client has not answered. A client may be suspended at
        // this moment for as long as at any other.
        Duration exchangeLimit =
                exchange == KexState.INIT && isAuthenticated ? limits.clientAliveTimeout() : limits.kexTimeout();
        if (exchange != KexState.DONE && isPast(now, exchangeLimit, keyExchangeStarted)) {
            return Optional.of("The key exchange took too long");
        }
        if (!isAuthenticated) {
            return isPast(now, limits.loginGraceTime(), loginStarted)
                    ? Optional.of("Logging in took too long")
                    : Optional.empty();
        }
        if (isPast(now, limits.clientAliveTimeout(), lastMessage)) {
            return Optional.of("The client sent nothing for too long");
        }
        return !isRunning && isPast(now, limits.idleTimeout(), idleSince)
                ? Optional.of("The connection was idle for too long")
                : Optional.empty();
    }

    private static boolean isPast(Moment now, Duration limit, Moment start) {
        return now.since(start).compareTo(limit) > 0;
    }
}
