package io.gerve.ssh.metrics;

import io.gerve.login.RefusedLogin;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Set;
import java.util.function.IntSupplier;

/**
 * Meters of connections, key exchanges that found no common algorithm, and logins. Safe for use by many threads.
 */
public final class ConnectionMetrics {
    /**
     * Algorithms that old clients prefer and the frontend does not offer. Any other name is the client's choice and
     * never becomes a label.
     */
    private static final Set<String> OBSOLETE = Set.of(
            "diffie-hellman-group1-sha1",
            "diffie-hellman-group14-sha1",
            "diffie-hellman-group-exchange-sha1",
            "ssh-rsa",
            "ssh-dss",
            "3des-cbc",
            "aes128-cbc",
            "aes192-cbc",
            "aes256-cbc",
            "arcfour",
            "blowfish-cbc",
            "hmac-md5",
            "hmac-sha1",
            "hmac-sha1-96");

    private static final String OTHER = "other";

    private static final List<String> PARTS = List.of("key_exchange", "host_key", "cipher", "mac", "compression");

    private final MeterRegistry registry;
    private final Counter accepted;
    private final Counter loggedIn;

    /** Registers the counters. They begin at zero, so that the first event is a change that an alert sees. */
    public ConnectionMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.accepted = Counter.builder("gerve.connections.accepted")
                .description("Connections of clients and balancers")
                .register(registry);
        this.loggedIn = logins("accepted");
        for (RefusedLogin.Reason reason : RefusedLogin.Reason.values()) {
            logins(reason.label());
        }
        for (String part : PARTS) {
            negotiationFailures(part, OTHER);
        }
    }

    /** Registers the gauges, which read the numbers when they are scraped. */
    public void bind(IntSupplier open, IntSupplier unauthenticated) {
        Gauge.builder("gerve.connections", open::getAsInt)
                .description("Open connections")
                .register(registry);
        Gauge.builder("gerve.connections.unauthenticated", unauthenticated::getAsInt)
                .description("Open connections whose client has not logged in")
                .register(registry);
    }

    public void accepted() {
        accepted.increment();
    }

    public void loggedIn() {
        loggedIn.increment();
    }

    public void refused(RefusedLogin login) {
        logins(login.reason().label()).increment();
    }

    /**
     * Counts a failed negotiation.
     *
     * @param part the first kind of algorithm for which client and frontend have none in common
     * @param offered the client's algorithms of that kind, of which the first obsolete one becomes a label
     */
    public void negotiationFailed(String part, List<String> offered) {
        negotiationFailures(
                        part,
                        offered.stream().filter(OBSOLETE::contains).findFirst().orElse(OTHER))
                .increment();
    }

    private Counter negotiationFailures(String part, String offered) {
        return Counter.builder("gerve.negotiations.failed")
                .description("Key exchanges without a common algorithm, and what the client offered")
                .tag("part", part)
                .tag("offered", offered)
                .register(registry);
    }

    private Counter logins(String result) {
        return Counter.builder("gerve.logins")
                .description("Logins that were accepted, or why they were not")
                .tag("result", result)
                .register(registry);
    }
}
