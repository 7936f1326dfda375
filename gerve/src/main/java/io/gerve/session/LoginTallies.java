package io.gerve.session;

import io.gerve.config.AuditSettings;
import io.gerve.config.Network;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Of the logins of one span, which are to be recorded one by one, and how many more there were. Guarded by its owner. */
final class LoginTallies {
    private final AuditSettings.RefusedLogins limits;
    /** No more networks than records. */
    private final Map<Network, Tally> tallies = new HashMap<>();

    private int recorded;
    private long ofOthers;

    LoginTallies(AuditSettings.RefusedLogins limits) {
        this.limits = limits;
    }

    /** @param address empty for all clients of which nothing was recorded */
    record More(String address, long logins) {}

    /** What one client did. */
    private static final class Tally {
        private final String address;
        private int recorded;
        private long more;

        Tally(String address) {
            this.address = address;
        }
    }

    /** @return whether one more login from there is to be recorded; if not, it was counted */
    boolean isToBeRecorded(InetAddress address) {
        boolean isRoom = recorded < limits.perMinuteMax();
        Network client = Network.ofClient(address);
        Tally tally = isRoom
                ? tallies.computeIfAbsent(client, _ -> new Tally(address.getHostAddress()))
                : tallies.get(client);
        if (tally == null) {
            ofOthers++;
            return false;
        }
        if (!isRoom || tally.recorded >= limits.perAddressMax()) {
            tally.more++;
            return false;
        }
        tally.recorded++;
        recorded++;
        return true;
    }

    /** @return what was only counted; a new span begins */
    List<More> end() {
        List<More> numbers = new ArrayList<>();
        for (Tally tally : tallies.values()) {
            if (tally.more > 0) {
                numbers.add(new More(tally.address, tally.more));
            }
        }
        if (ofOthers > 0) {
            numbers.add(new More("", ofOthers));
        }
        tallies.clear();
        recorded = 0;
        ofOthers = 0;
        return numbers;
    }
}
