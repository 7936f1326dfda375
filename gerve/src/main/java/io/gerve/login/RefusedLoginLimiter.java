package io.gerve.login;

import io.gerve.config.AuditSettings;
import io.gerve.config.IpNetwork;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Limiter of the refused logins of one interval. It decides which logins are recorded one by one and counts the rest.
 * Guarded by its owner.
 */
final class RefusedLoginLimiter {
    private final AuditSettings.RefusedLogins limits;
    /** Has no more networks than there are records. */
    private final Map<IpNetwork, Tally> tallies = new HashMap<>();

    private int recorded;
    private long suppressedOthers;

    RefusedLoginLimiter(AuditSettings.RefusedLogins limits) {
        this.limits = limits;
    }

    /**
     * A number of logins that were counted and not recorded.
     *
     * @param address the client's address; empty for all clients without a record in this interval
     */
    record Suppressed(String address, long logins) {}

    /** The counts of one client. */
    private static final class Tally {
        private final String address;
        private int recorded;
        private long suppressed;

        Tally(String address) {
            this.address = address;
        }
    }

    /**
     * Counts a login.
     *
     * @return whether the login is to be recorded one by one
     */
    boolean tryRecord(InetAddress address) {
        boolean isRoom = recorded < limits.perMinuteMax();
        IpNetwork client = IpNetwork.ofClient(address);
        Tally tally = isRoom
                ? tallies.computeIfAbsent(client, _ -> new Tally(address.getHostAddress()))
                : tallies.get(client);
        if (tally == null) {
            suppressedOthers++;
            return false;
        }
        if (!isRoom || tally.recorded >= limits.perAddressMax()) {
            tally.suppressed++;
            return false;
        }
        tally.recorded++;
        recorded++;
        return true;
    }

    /**
     * Ends the interval and begins a new one.
     *
     * @return the logins that were counted and not recorded
     */
    List<Suppressed> endInterval() {
        List<Suppressed> suppressed = new ArrayList<>();
        for (Tally tally : tallies.values()) {
            if (tally.suppressed > 0) {
                suppressed.add(new Suppressed(tally.address, tally.suppressed));
            }
        }
        if (suppressedOthers > 0) {
            suppressed.add(new Suppressed("", suppressedOthers));
        }
        tallies.clear();
        recorded = 0;
        suppressedOthers = 0;
        return suppressed;
    }
}
