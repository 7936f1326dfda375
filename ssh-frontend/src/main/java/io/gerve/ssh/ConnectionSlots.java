package io.gerve.ssh;

import io.gerve.config.IpNetwork;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Bounds the connections of one address, where an address is a /64 for IPv6, since a host has a whole one. Safe for use by many threads. */
final class ConnectionSlots {
    private final int perAddressMax;
    private final Map<IpNetwork, Integer> taken = new HashMap<>();

    ConnectionSlots(int perAddressMax) {
        this.perAddressMax = perAddressMax;
    }

    /** @return empty if the address has as many as it may; otherwise what gives the slot back, once, however often it is run */
    synchronized Optional<Runnable> tryTake(InetAddress address) {
        IpNetwork place = IpNetwork.ofClient(address);
        int now = taken.getOrDefault(place, 0);
        if (now >= perAddressMax) {
            return Optional.empty();
        }
        taken.put(place, now + 1);
        return Optional.of(new Runnable() {
            private boolean given;

            @Override
            public void run() {
                synchronized (ConnectionSlots.this) {
                    if (!given) {
                        given = true;
                        taken.computeIfPresent(place, (_, count) -> count == 1 ? null : count - 1);
                    }
                }
            }
        });
    }
}
