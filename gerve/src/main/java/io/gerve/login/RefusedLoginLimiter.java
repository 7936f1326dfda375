package io.gerve.login;

import io.gerve.config.AuditSettings;
import io.gerve.config.IpNetwork;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Of the logins of one span, which are to be recorded one by one, and how many more there were. Guarded by its owner. */
final class RefusedLoginLimiter {
    private final AuditSettings.RefusedLogins limits;
    /** No more networks than records. */
    private final Map<IpNetwork, Tally> tallies = new HashMap<>();

    private int recorded;
    private long fromOtherAddresses;

    RefusedLoginLimiter(AuditSettings.RefusedLogins limits) {
        this.limits = limits;
    }

    /** @param address empty for all clients of which nothing was recorded */
    record Suppressed(String address, long logins) {}

    /** What one client did. */
    private static final class Tally {
        private final String address;
        private int recorded;
        private long suppressed;

        Tally(String address) {
            this.address = address;
        }
    }

    /** @return whether one more login from there is to be recorded; if not, it was counted */
    boolean tryRecord(InetAddress address) {
        boolean isRoom = recorded < limits.perMinuteMax();
        IpNetwork client = IpNetwork.ofClient(address);
        Tally tally = isRoom
                ? tallies.computeIfAbsent(client, _ -> new Tally(address.getHostAddress()))
                : tallies.get(client);
        if (tally == null) {
            fromOtherAddresses++;
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

    /** @return what was only counted; a new span begins */
    List<Suppressed> end() {
        List<Suppressed> numbers = new ArrayList<>();
        for (Tally tally : tallies.values()) {
            if (tally.suppressed > 0) {
                numbers.add(new Suppressed(tally.address, tally.suppressed));
            }
        }
        if (fromOtherAddresses > 0) {
            numbers.add(new Suppressed("", fromOtherAddresses));
        }
        tallies.clear();
        recorded = 0;
        fromOtherAddresses = 0;
        return numbers;
    }
}
