package io.gerve.ssh;

import io.gerve.config.IpNetwork;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Limit on the number of connections per client address. An IPv6 address counts as its /64 network, since one host
 * usually has a whole /64. Safe for use by many threads.
 */
final class ConnectionSlots {
    private final int perAddressMax;
    private final Map<IpNetwork, Integer> counts = new HashMap<>();

    ConnectionSlots(int perAddressMax) {
        this.perAddressMax = perAddressMax;
    }

    /**
     * Takes a slot for a connection from the address.
     *
     * @return the action that releases the slot, of which repeated runs have no effect; empty if the address has
     *     reached the limit
     */
    synchronized Optional<Runnable> tryAcquire(InetAddress address) {
        IpNetwork network = IpNetwork.ofClient(address);
        int count = counts.getOrDefault(network, 0);
        if (count >= perAddressMax) {
            return Optional.empty();
        }
        counts.put(network, count + 1);
        return Optional.of(new Runnable() {
            private boolean released;

            @Override
            public void run() {
                synchronized (ConnectionSlots.this) {
                    if (!released) {
                        released = true;
                        counts.computeIfPresent(network, (_, current) -> current == 1 ? null : current - 1);
                    }
                }
            }
        });
    }
}
