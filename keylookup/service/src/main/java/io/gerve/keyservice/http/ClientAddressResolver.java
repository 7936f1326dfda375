package io.gerve.keyservice.http;

import io.gerve.config.IpNetwork;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/** From where a client comes, be it through a proxy. */
public final class ClientAddressResolver {
    private final List<IpNetwork> proxies;

    /** @param proxies whose word is believed */
    public ClientAddressResolver(List<IpNetwork> proxies) {
        this.proxies = List.copyOf(proxies);
    }

    public boolean isThroughProxy(HttpRequest request) {
        return isProxy(request.peer());
    }

    /** The last address that a proxy of ours did not write about one of ours: what stands before it the client can have made up. */
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

    /** An IPv4 address, or the /64 of an IPv6 one, all of which one customer of a provider may use. */
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

    private boolean isProxy(InetAddress address) {
        return proxies.stream().anyMatch(network -> network.contains(address));
    }
}
