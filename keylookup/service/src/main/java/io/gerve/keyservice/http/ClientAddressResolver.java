package io.gerve.keyservice.http;

import io.gerve.config.IpNetwork;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/** Resolver of client addresses, which sees through trusted proxies. Safe for use by many threads. */
public final class ClientAddressResolver {
    private final List<IpNetwork> proxies;

    /** @param proxies networks whose X-Forwarded-For header is trusted */
    public ClientAddressResolver(List<IpNetwork> proxies) {
        this.proxies = List.copyOf(proxies);
    }

    /** Returns whether a trusted proxy sent the request. */
    public boolean isThroughProxy(HttpRequest request) {
        return isProxy(request.peer());
    }

    /**
     * Returns the rightmost address of X-Forwarded-For that is not a trusted proxy, or the peer's address if the peer
     * is not one. The client can forge every entry to the left of it.
     */
    InetAddress of(HttpRequest request) {
        InetAddress address = request.peer();
        List<String> hops = request.headers().getOrDefault("x-forwarded-for", List.of()).stream()
                .flatMap(line -> Arrays.stream(line.split(",", -1)))
                .map(String::strip)
                .toList()
                .reversed();
        for (String hop : hops) {
            if (!isProxy(address)) {
                return address;
            }
            try {
                address = IpNetwork.parse(hop).base();
            } catch (IllegalArgumentException _) {
                return address;
            }
        }
        return address;
    }

    /**
     * Returns the client's IPv4 address, or the /64 network of its IPv6 address: providers assign a whole /64 to one
     * customer.
     */
    public String network(HttpRequest request) {
        InetAddress address = of(request);
        if (!(address instanceof Inet6Address)) {
            return address.getHostAddress();
        }
        byte[] bytes = address.getAddress();
        var text = new StringBuilder();
        for (int i = 0; i < 8; i += 2) {
            text.append(Integer.toHexString((bytes[i] & 0xff) << 8 | (bytes[i + 1] & 0xff)))
                    .append(':');
        }
        return text.append(":/64").toString();
    }

    /** Returns the client's IPv4 address, or the /48 network of its IPv6 address, which one customer may have. */
    public String site(HttpRequest request) {
        IpNetwork site = IpNetwork.ofSite(of(request));
        return site.base().getHostAddress() + "/" + site.prefixBits();
    }

    boolean isProxy(InetAddress address) {
        return proxies.stream().anyMatch(network -> network.contains(address));
    }
}
