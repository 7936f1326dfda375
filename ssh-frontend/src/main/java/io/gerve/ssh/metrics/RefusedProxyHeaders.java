package io.gerve.ssh.metrics;

import io.gerve.logging.LoggedEvents;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.net.ProtocolException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Count of the connections whose first bytes do not agree with {@code frontend.trusted_proxies}. The log names the
 * setting, at most once a minute for each of the two faults. Safe for use by many threads.
 */
public final class RefusedProxyHeaders {
    private static final Logger LOG = LoggerFactory.getLogger(RefusedProxyHeaders.class);
    private static final Duration LOG_INTERVAL = Duration.ofMinutes(1);

    private final Fault untrusted;
    private final Fault missing;

    public RefusedProxyHeaders(MeterRegistry registry) {
        this.untrusted = new Fault(Counter.builder("gerve.proxy.headers.refused")
                .description("Connections with a PROXY header from an address that is not in frontend.trusted_proxies")
                .register(registry));
        this.missing = new Fault(Counter.builder("gerve.proxy.headers.missing")
                .description("Connections without a valid PROXY header from an address in frontend.trusted_proxies")
                .register(registry));
    }

    /**
     * Reports a connection that is closed because it begins with a PROXY header, and does not come from a trusted proxy.
     *
     * @param peer the address from which the connection comes
     */
    public void refused(InetAddress peer) {
        untrusted.report(
                peer,
                "it begins with a PROXY header, and its address is not in frontend.trusted_proxies",
                "Connection closed. If the address is that of your load balancer, add it to frontend.trusted_proxies");
    }

    /** Reports a connection from a trusted proxy that is closed because it does not begin with a valid PROXY header. */
    public void missing(InetAddress peer, ProtocolException cause) {
        missing.report(
                peer,
                String.valueOf(cause.getMessage()),
                "Connection closed. Let the load balancer send the PROXY protocol to this gate, for checks too, or"
                        + " remove its address from frontend.trusted_proxies");
    }

    private record Fault(Counter counter, LoggedEvents events) {
        Fault(Counter counter) {
            this(counter, new LoggedEvents(LOG_INTERVAL));
        }

        void report(InetAddress peer, String cause, String message) {
            counter.increment();
            long connections = events.count();
            if (connections > 0) {
                LOG.atWarn()
                        .addKeyValue("peer", peer.getHostAddress())
                        .addKeyValue("cause", cause)
                        .addKeyValue("connections", connections)
                        .log(message);
            }
        }
    }
}
