package io.gerve.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Pattern;

/** An IP network: {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or a single address. */
public record IpNetwork(InetAddress base, int prefixBits) {
    private static final Pattern LITERAL = Pattern.compile("\\d{1,3}(?:\\.\\d{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    private static final int IPV4_BYTES = 4;
    private static final int IPV6_CLIENT_BITS = 64;
    private static final int IPV6_SITE_BITS = 48;

    /** How much a site may have of what is limited for each client, in clients. */
    public static final int CLIENTS_OF_SITE_MAX = 4;

    /**
     * Parses a network. Host names are not resolved.
     *
     * @throws IllegalArgumentException if the text has another form
     */
    public static IpNetwork parse(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        if (!LITERAL.matcher(address).matches()) {
            throw new IllegalArgumentException(text + " is not an IP network like 10.0.0.0/8");
        }
        try {
            InetAddress base = InetAddress.getByName(address);
            int bits = base.getAddress().length * 8;
            int prefix = slash < 0 ? bits : Integer.parseInt(text.substring(slash + 1));
            if (prefix < 0 || prefix > bits) {
                throw new IllegalArgumentException("the prefix of " + text + " must be 0 to " + bits);
            }
            return new IpNetwork(base, prefix);
        } catch (UnknownHostException | NumberFormatException e) {
            throw new IllegalArgumentException(text + " is not an IP network like 10.0.0.0/8", e);
        }
    }

    /**
     * Returns the network that identifies one client for limits: an IPv4 address, or the /64 of an IPv6 address, since
     * an IPv6 host usually has a whole /64.
     */
    public static IpNetwork ofClient(InetAddress address) {
        return ofAddress(address, IPV6_CLIENT_BITS);
    }

    /**
     * Returns the network that identifies one site: an IPv4 address, or the /48 of an IPv6 address, which is what a
     * provider assigns to one customer at most. It has 65 536 clients.
     */
    public static IpNetwork ofSite(InetAddress address) {
        return ofAddress(address, IPV6_SITE_BITS);
    }

    private static IpNetwork ofAddress(InetAddress address, int ipv6Bits) {
        byte[] bytes = address.getAddress();
        if (bytes.length == IPV4_BYTES) {
            return new IpNetwork(address, IPV4_BYTES * 8);
        }
        Arrays.fill(bytes, ipv6Bits / 8, bytes.length, (byte) 0);
        try {
            return new IpNetwork(InetAddress.getByAddress(bytes), ipv6Bits);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("the masked address has an invalid length", e);
        }
    }

    public boolean contains(InetAddress address) {
        byte[] network = base.getAddress();
        byte[] candidate = address.getAddress();
        if (network.length != candidate.length) {
            return false;
        }
        for (int bit = 0; bit < prefixBits; bit++) {
            int mask = 0x80 >> (bit % 8);
            if ((network[bit / 8] & mask) != (candidate[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }
}
