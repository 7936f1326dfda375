package io.gerve.ssh;

import io.gerve.config.FrontendSettings.Timeouts;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.sshd.common.kex.KexState;

/** When things last happened on a connection, and which of them has taken too long. Safe for use by many threads. */
final class ConnectionTimeouts {
    private static final Duration PROXY_HEADER = Duration.ofSeconds(3);

    /** How long a client that is turned away may take to say its version, so that it can be told why. */
    private static final Duration REFUSAL = Duration.ofSeconds(5);

    /** How long a client that has logged in may take to ask for its first command, when the program is about to stop. */
    private static final Duration FIRST_COMMAND = Duration.ofSeconds(5);

    private final Timeouts limits;
    private final Instant connected;
    private volatile Instant authenticated = Instant.MAX;
    private volatile Instant lastHeard;
    private volatile Instant lastKeepalive;
    private volatile Instant loginStarted;
    private volatile Instant keyExchangeStarted;
    private volatile Instant heldSince = Instant.MAX;
    private volatile Instant idleSince;

    ConnectionTimeouts(Timeouts limits, Instant connected) {
        this.limits = limits;
        this.connected = connected;
        this.lastHeard = connected;
        this.lastKeepalive = connected;
        this.loginStarted = connected;
        this.keyExchangeStarted = connected;
        this.idleSince = connected;
    }

    Instant connected() {
        return connected;
    }

    void heard() {
        lastHeard = Instant.now();
    }

    void keyExchangeStarted() {
        keyExchangeStarted = Instant.now();
    }

    /** From here on it is the client who waits. */
    void pause() {
        heldSince = Instant.now();
    }

    /** It is the client's turn again, who has lost no time by its waiting. */
    void resume() {
        Duration held = Duration.between(heldSince, Instant.now());
        keyExchangeStarted = keyExchangeStarted.plus(held);
        loginStarted = loginStarted.plus(held);
        heldSince = Instant.MAX;
    }

    /** @return how long it took */
    Duration loggedIn() {
        Instant now = Instant.now();
        authenticated = now;
        idleSince = now;
        return Duration.between(connected, now);
    }

    /** A command has ended. */
    void idle() {
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

    /** @return whether it is time for one, which counts as sent from now on; asked by one thread */
    boolean isKeepaliveDue(Instant now) {
        boolean isDue = isPast(now, limits.keepaliveInterval(), lastKeepalive);
        if (isDue) {
            lastKeepalive = now;
        }
        return isDue;
    }

    /**
     * @param exchange how far the key exchange is
     * @return what has taken too long, to tell the client
     */
    Optional<String> overdue(Instant now, KexState exchange, boolean isAuthenticated, boolean isRunning) {
        if (heldSince.isBefore(Instant.MAX)) {
            return Optional.empty();
        }
        // Ours, and not answered: a client that is stopped may be so for as long as at any other time.
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
        if (isPast(now, limits.clientAliveTimeout(), lastHeard)) {
            return Optional.of("You have not been heard of for too long");
        }
        return !isRunning && isPast(now, limits.idleTimeout(), idleSince)
                ? Optional.of("You were idle for too long")
                : Optional.empty();
    }

    private static boolean isPast(Instant now, Duration limit, Instant start) {
        return Duration.between(start, now).compareTo(limit) > 0;
    }
}
