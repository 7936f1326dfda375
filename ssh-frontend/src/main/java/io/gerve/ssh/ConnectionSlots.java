package io.gerve.ssh;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Bounds the connections of one address, where an address is a /64 for IPv6, since a host has a whole one. Safe for use by many threads. */
final class ConnectionSlots {
    private static final int IPV6_NETWORK_BYTES = 8;

    private final int perAddressMax;
    private final Map<String, Integer> taken = new HashMap<>();

    ConnectionSlots(int perAddressMax) {
        this.perAddressMax = perAddressMax;
    }

    /** @return empty if the address has as many as it may; otherwise what gives the slot back, once, however often it is run */
    synchronized Optional<Runnable> tryTake(InetAddress address) {
        String place = placeOf(address);
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

    private static String placeOf(InetAddress address) {
        byte[] bytes = address.getAddress();
        return Arrays.toString(address instanceof Inet6Address ? Arrays.copyOf(bytes, IPV6_NETWORK_BYTES) : bytes);
    }
}
