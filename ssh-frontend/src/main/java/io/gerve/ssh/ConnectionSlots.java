package io.gerve.ssh;

import io.gerve.config.IpNetwork;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Limit on the number of connections per client address. An IPv6 address counts as its /64 network, since one host
 * usually has a whole /64, and its /48 may have four times as many. Safe for use by many threads.
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
        IpNetwork client = IpNetwork.ofClient(address);
        IpNetwork site = IpNetwork.ofSite(address);
        boolean isFree =
                count(client) < perAddressMax && count(site) < (long) perAddressMax * IpNetwork.CLIENTS_OF_SITE_MAX;
        if (!isFree) {
            return Optional.empty();
        }
        // For IPv4 both are the same network.
        Set<IpNetwork> networks = new HashSet<>(List.of(client, site));
        networks.forEach(network -> counts.merge(network, 1, Integer::sum));
        return Optional.of(new Runnable() {
            private boolean released;

            @Override
            public void run() {
                synchronized (ConnectionSlots.this) {
                    if (!released) {
                        released = true;
                        networks.forEach(ConnectionSlots.this::release);
                    }
                }
            }
        });
    }

    private int count(IpNetwork network) {
        return counts.getOrDefault(network, 0);
    }

    private void release(IpNetwork network) {
        counts.computeIfPresent(network, (_, current) -> current == 1 ? null : current - 1);
    }
}
