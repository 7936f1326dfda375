package io.gerve.ssh;

import io.gerve.config.FrontendSettings.Timeouts;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.sshd.common.kex.KexState;

/** Timestamps of one connection, and the checks of its timeouts against them. Safe for use by many threads. */
final class ConnectionTimeouts {
    private static final Duration PROXY_HEADER = Duration.ofSeconds(3);

    /** Time within which a refused client must send its identification string, so that it can be told the reason. */
    private static final Duration REFUSAL = Duration.ofSeconds(5);

    /** Time within which an authenticated client must send its first command while the program is draining. */
    private static final Duration FIRST_COMMAND = Duration.ofSeconds(5);

    private final Timeouts limits;
    private final Instant connected;
    private volatile Instant authenticated = Instant.MAX;
    private volatile Instant lastMessage;
    private volatile Instant lastKeepalive;
    private volatile Instant loginStarted;
    private volatile Instant keyExchangeStarted;
    private volatile Instant pausedSince = Instant.MAX;
    private volatile Instant idleSince;

    ConnectionTimeouts(Timeouts limits, Instant connected) {
        this.limits = limits;
        this.connected = connected;
        this.lastMessage = connected;
        this.lastKeepalive = connected;
        this.loginStarted = connected;
        this.keyExchangeStarted = connected;
        this.idleSince = connected;
    }

    Instant connected() {
        return connected;
    }

    void messageReceived() {
        lastMessage = Instant.now();
    }

    void keyExchangeStarted() {
        keyExchangeStarted = Instant.now();
    }

    /** Stops the clock of the key exchange and the login, because the client waits for the frontend. */
    void pause() {
        pausedSince = Instant.now();
    }

    /** Restarts the clock. The time since {@link #pause} does not count against the client. */
    void resume() {
        Duration pause = Duration.between(pausedSince, Instant.now());
        keyExchangeStarted = keyExchangeStarted.plus(pause);
        loginStarted = loginStarted.plus(pause);
        pausedSince = Instant.MAX;
    }

    /** Records that the client has authenticated, and returns the time since it connected. */
    Duration loggedIn() {
        Instant now = Instant.now();
        authenticated = now;
        idleSince = now;
        return Duration.between(connected, now);
    }

    void commandEnded() {
        idleSince = Instant.now();
    }

    boolean isHeaderOverdue(Instant now) {
        return isPast(now, PROXY_HEADER, connected);
    }

    boolean isRefusalOverdue(Instant now) {
        return isPast(now, REFUSAL, connected);
    }

    boolean isFirstCommandOverdue(Instant now) {
        return isPast(now, FIRST_COMMAND, authenticated);
    }

    /** Returns whether a keepalive is due. If so, it counts as sent from now on. Must be called by one thread only. */
    boolean isKeepaliveDue(Instant now) {
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
    Optional<String> overdue(Instant now, KexState exchange, boolean isAuthenticated, boolean isRunning) {
        if (pausedSince.isBefore(Instant.MAX)) {
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

    private static boolean isPast(Instant now, Duration limit, Instant start) {
        return Duration.between(start, now).compareTo(limit) > 0;
    }
}
