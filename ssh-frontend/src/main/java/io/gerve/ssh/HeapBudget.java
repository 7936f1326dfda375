package io.gerve.ssh;

import io.gerve.config.FrontendSettings.Limits;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Division of the heap among what clients can take of it in the worst case. Running out of memory would end all
 * sessions; refusing some clients does not.
 *
 * @param heapBytes the largest size of the heap
 */
record HeapBudget(long heapBytes) {
    private static final Logger LOG = LoggerFactory.getLogger(HeapBudget.class);

    /** The program itself, its caches, and room for the garbage collector. */
    private static final long OTHER_BYTES = 48L << 20;

    /**
     * Memory per session, measured with clients that do not read: windows and buffers on both sides (gerve/RATIONALE.md,
     * "What a session may cost").
     */
    private static final long SESSION_BYTES = 320L << 10;

    /**
     * Memory per connection that runs no command. Measured: 14 KiB when the client is logged in, 4 to 9 KiB before
     * (RATIONALE.md, "Memory").
     */
    static final int CONNECTION_BYTES = 16 << 10;

    private static final int SHARES = 32;
    private static final int READ_AHEAD_SHARES = 4;
    private static final int UNAUTHENTICATED_INPUT_SHARES = 1;
    private static final int IDLE_INPUT_SHARES = 1;
    private static final int CONNECTION_SHARES = 6;
    private static final int READ_AHEAD_MAX = 1 << 30;

    static HeapBudget ofThisProgram() {
        return new HeapBudget(Runtime.getRuntime().maxMemory());
    }

    /** Returns how many bytes all sessions together may hold that clients send faster than they are read. */
    int readAheadBytes() {
        return (int) Math.min(shares(READ_AHEAD_SHARES), READ_AHEAD_MAX);
    }

    /** Returns how many bytes of input all clients together may have buffered that have not authenticated. */
    long unauthenticatedInputBytes() {
        return shares(UNAUTHENTICATED_INPUT_SHARES);
    }

    /** Returns how many bytes all connections that run no command may hold beyond {@link #CONNECTION_BYTES} each. */
    long idleBytes() {
        return shares(IDLE_INPUT_SHARES);
    }

    /** Returns the number of connections that fit into the heap, at least 1. */
    int connectionsMax() {
        return number(shares(CONNECTION_SHARES), CONNECTION_BYTES);
    }

    /** Returns the number of sessions that fit into the heap beside everything else, at least 1. */
    int sessionsMax() {
        int left = SHARES - READ_AHEAD_SHARES - UNAUTHENTICATED_INPUT_SHARES - IDLE_INPUT_SHARES - CONNECTION_SHARES;
        return number(shares(left) - OTHER_BYTES, SESSION_BYTES);
    }

    private long shares(int shares) {
        return heapBytes / SHARES * shares;
    }

    private static int number(long bytes, long each) {
        return Math.clamp(bytes / each, 1, Integer.MAX_VALUE);
    }

    /** Returns the limits, lowered to what the heap can hold. Logs each that was lowered. */
    Limits fit(Limits configured) {
        return new Limits(
                configured.backlog(),
                fit("connections_max", configured.connectionsMax(), connectionsMax()),
                configured.connectionsPerAddressMax(),
                fit("sessions_max", configured.sessionsMax(), sessionsMax()),
                configured.sessionsPerAccountMax(),
                configured.channelsMax(),
                configured.maxAuthTries());
    }

    private static int fit(String setting, int configured, int heapLimit) {
        if (heapLimit < configured) {
            LOG.atWarn()
                    .addKeyValue(setting, configured)
                    .addKeyValue("heap_limit", heapLimit)
                    .log(
                            "frontend.{} exceeds what the heap can hold, using the heap's limit;"
                                    + " raise GERVE_FRONTEND_HEAP or lower frontend.{}",
                            setting,
                            setting);
        }
        return Math.min(configured, heapLimit);
    }
}
