package io.gerve.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class ConnectionSlotsTest {
    private final ConnectionSlots slots = new ConnectionSlots(2);

    private static InetAddress address(String text) throws Exception {
        return InetAddress.getByName(text);
    }

    @Test
    void addressIsLimitedAndSlotsAreReleasedOnce() throws Exception {
        Runnable first = slots.tryAcquire(address("192.0.2.1")).orElseThrow();
        assertThat(slots.tryAcquire(address("192.0.2.1"))).isPresent();
        assertThat(slots.tryAcquire(address("192.0.2.1"))).isEmpty();
        assertThat(slots.tryAcquire(address("192.0.2.2"))).isPresent();
        first.run();
        first.run();
        assertThat(slots.tryAcquire(address("192.0.2.1"))).isPresent();
        assertThat(slots.tryAcquire(address("192.0.2.1"))).isEmpty();
    }

    @Test
    void ipv6NetworkOf64BitsCountsAsOneAddress() throws Exception {
        assertThat(slots.tryAcquire(address("2001:db8:0:1::1"))).isPresent();
        assertThat(slots.tryAcquire(address("2001:db8:0:1:ffff::2"))).isPresent();
        assertThat(slots.tryAcquire(address("2001:db8:0:1::3"))).isEmpty();
        assertThat(slots.tryAcquire(address("2001:db8:0:2::1"))).isPresent();
    }

    /** The attack: a site has a /48, and so 65 536 clients. */
    @Test
    void ipv6NetworkOf48BitsHasTheSlotsOfFourAddresses() throws Exception {
        var taken = new ArrayList<Runnable>();
        for (int client = 1; client <= 8; client++) {
            taken.add(slots.tryAcquire(address("2001:db8:0:" + client + "::1")).orElseThrow());
        }
        assertThat(slots.tryAcquire(address("2001:db8:0:9::1"))).isEmpty();
        assertThat(slots.tryAcquire(address("2001:db8:1:1::1"))).isPresent();
        taken.getFirst().run();
        assertThat(slots.tryAcquire(address("2001:db8:0:9::1"))).isPresent();
    }
}
