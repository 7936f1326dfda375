package io.gerve.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gerve.config.IpNetwork;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PendingConnectionsTest {
    private static final long PLENTY = 1 << 30;

    private final List<String> closed = new ArrayList<>();

    private PendingConnections<IpNetwork>.Entry add(PendingConnections<IpNetwork> to, String address, String name) {
        InetAddress client = InetAddress.ofLiteral(address);
        return to.add(IpNetwork.ofSite(client), IpNetwork.ofClient(client), () -> closed.add(name));
    }

    @Test
    void belowTheBoundsNothingIsClosed() {
        var connections = PendingConnections.byAddress(3, 2, PLENTY);
        add(connections, "192.0.2.1", "a");
        add(connections, "192.0.2.1", "b");
        add(connections, "192.0.2.2", "c");
        assertThat(closed).isEmpty();
        assertThat(connections.number()).isEqualTo(3);
    }

    @Test
    void atItsOwnBoundAClientLosesItsOldestConnection() {
        var connections = PendingConnections.byAddress(100, 2, PLENTY);
        add(connections, "192.0.2.1", "a");
        add(connections, "192.0.2.1", "b");
        add(connections, "192.0.2.1", "c");
        add(connections, "192.0.2.1", "d");
        assertThat(closed).containsExactly("a", "b");
        assertThat(connections.number()).isEqualTo(2);
    }

    /** A flood that takes every place kept honest clients from logging in. */
    @Test
    void atTheCommonBoundTheClientWithTheMostLosesItsOldestConnection() {
        var connections = PendingConnections.byAddress(4, 3, PLENTY);
        add(connections, "192.0.2.9", "honest and older");
        for (String name : List.of("a", "b", "c")) {
            add(connections, "192.0.2.1", name);
        }
        add(connections, "192.0.2.7", "honest");
        assertThat(closed).containsExactly("a");
        assertThat(connections.number()).isEqualTo(4);
    }

    @Test
    void amongClientsWithEquallyManyTheOldestConnectionIsClosed() {
        var connections = PendingConnections.byAddress(2, 2, PLENTY);
        add(connections, "192.0.2.1", "a");
        add(connections, "192.0.2.2", "b");
        add(connections, "192.0.2.3", "c");
        assertThat(closed).containsExactly("a");
    }

    /** A host has a whole /64, and so 2^64 addresses. */
    @Test
    void addressesOfOneIpv6NetworkAreOneClient() {
        var connections = PendingConnections.byAddress(100, 2, PLENTY);
        add(connections, "2001:db8:0:1::1", "a");
        add(connections, "2001:db8:0:1:ffff::2", "b");
        add(connections, "2001:db8:0:2::1", "another network");
        add(connections, "2001:db8:0:1::3", "c");
        assertThat(closed).containsExactly("a");
    }

    /** The attack: with the 65 536 clients of a /48, to be the client with the most connections never. */
    @Test
    void ipv6NetworkOf48BitsIsOneClientAmongOthers() {
        var connections = PendingConnections.byAddress(5, 2, PLENTY);
        add(connections, "192.0.2.9", "honest and older");
        add(connections, "2001:db8:0:1::1", "honest neighbour");
        add(connections, "2001:db8:0:2::1", "a");
        add(connections, "2001:db8:0:2::2", "b");
        add(connections, "2001:db8:0:3::1", "c");
        add(connections, "192.0.2.7", "honest");
        assertThat(closed).containsExactly("a");
    }

    @Test
    void ipv6NetworkOf48BitsHasTheConnectionsOfFourClients() {
        var connections = PendingConnections.byAddress(100, 2, PLENTY);
        for (int client = 1; client <= 9; client++) {
            add(connections, "2001:db8:0:" + client + "::1", "client " + client);
        }
        assertThat(closed).hasSize(1);
        assertThat(connections.number()).isEqualTo(8);
    }

    @Test
    void whoIsServedIsNeitherCountedNorClosed() {
        var connections = PendingConnections.byAddress(2, 2, 1000);
        var first = add(connections, "192.0.2.1", "a");
        first.buffered(600);
        first.close();
        first.close();
        first.buffered(5000);
        assertThat(connections.number()).isZero();
        assertThat(connections.bufferedBytes()).isZero();
        add(connections, "192.0.2.1", "b");
        add(connections, "192.0.2.1", "c");
        assertThat(closed).isEmpty();
    }

    /** A balancer's idle connections are not one client's, but they do not keep clients out either. */
    @Test
    void aProxyIsBoundOnlyByTheCommonBound() {
        var connections = PendingConnections.byAddress(4, 2, PLENTY);
        var proxy = IpNetwork.parse("192.0.2.1");
        for (String name : List.of("a", "b", "c", "d")) {
            connections.addProxy(proxy, () -> closed.add(name));
        }
        assertThat(closed).isEmpty();
        add(connections, "192.0.2.2", "client");
        assertThat(closed).containsExactly("a");
    }

    /** 500 connections that each announce a large packet and never end it filled the memory. */
    @Test
    void overTheBudgetTheLargestConnectionOfTheClientThatBuffersTheMostIsClosed() {
        var connections = PendingConnections.byAddress(10, 10, 1000);
        var small = add(connections, "192.0.2.1", "small");
        var large = add(connections, "192.0.2.1", "large");
        var honest = add(connections, "192.0.2.2", "honest");
        small.buffered(300);
        large.buffered(400);
        honest.buffered(250);
        assertThat(closed).isEmpty();
        honest.buffered(350);
        assertThat(closed).containsExactly("large");
        assertThat(connections.bufferedBytes()).isEqualTo(650);
        assertThat(connections.number()).isEqualTo(2);
    }

    @Test
    void whoAloneIsOverTheBudgetIsClosedItself() {
        var connections = PendingConnections.byAddress(10, 10, 1000);
        add(connections, "192.0.2.1", "greedy").buffered(1001);
        assertThat(closed).containsExactly("greedy");
        assertThat(connections.bufferedBytes()).isZero();
    }

    @Test
    void shrinkingGivesRoomBack() {
        var connections = PendingConnections.byAddress(10, 10, 1000);
        var first = add(connections, "192.0.2.1", "a");
        first.buffered(900);
        first.buffered(100);
        add(connections, "192.0.2.2", "b").buffered(900);
        assertThat(closed).isEmpty();
        assertThat(connections.bufferedBytes()).isEqualTo(1000);
    }

    @Test
    void evictionClosesTheOldestConnectionOfTheClientWithTheMost() {
        var connections = PendingConnections.byAddress(10, 10, PLENTY);
        assertThat(connections.evict()).isFalse();
        add(connections, "192.0.2.9", "honest");
        add(connections, "192.0.2.1", "a");
        add(connections, "192.0.2.1", "b");
        assertThat(connections.evict()).isTrue();
        assertThat(closed).containsExactly("a");
        assertThat(connections.number()).isEqualTo(2);
    }

    @Test
    void theBoundsMustBePositive() {
        assertThatThrownBy(() -> PendingConnections.byAddress(0, 1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PendingConnections.byAddress(1, 0, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
