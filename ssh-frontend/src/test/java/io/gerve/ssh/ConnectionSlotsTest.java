package io.gerve.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class ConnectionSlotsTest {
    private final ConnectionSlots slots = new ConnectionSlots(2);

    private static InetAddress address(String text) throws Exception {
        return InetAddress.getByName(text);
    }

    @Test
    void anAddressHasItsSlotsAndGetsThemBackOnce() throws Exception {
        Runnable first = slots.tryTake(address("192.0.2.1")).orElseThrow();
        assertThat(slots.tryTake(address("192.0.2.1"))).isPresent();
        assertThat(slots.tryTake(address("192.0.2.1"))).isEmpty();
        assertThat(slots.tryTake(address("192.0.2.2"))).isPresent();
        first.run();
        first.run();
        assertThat(slots.tryTake(address("192.0.2.1"))).isPresent();
        assertThat(slots.tryTake(address("192.0.2.1"))).isEmpty();
    }

    @Test
    void anIpv6NetworkOf64BitsIsOneAddress() throws Exception {
        assertThat(slots.tryTake(address("2001:db8:0:1::1"))).isPresent();
        assertThat(slots.tryTake(address("2001:db8:0:1:ffff::2"))).isPresent();
        assertThat(slots.tryTake(address("2001:db8:0:1::3"))).isEmpty();
        assertThat(slots.tryTake(address("2001:db8:0:2::1"))).isPresent();
    }
}
