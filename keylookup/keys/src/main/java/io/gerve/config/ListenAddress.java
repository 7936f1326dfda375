package io.gerve.config;

import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text form of an address to listen on: {@code 0.0.0.0:22}, {@code [::]:22}. */
final class ListenAddress {
    private static final Pattern FORM = Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([0-9.]+)):(\\d{1,5})");

    private ListenAddress() {}

    /**
     * Parses an address and a port. Host names are not resolved, since a name can have several addresses and the DNS
     * server chooses their order.
     *
     * @throws IllegalArgumentException if the text has another form
     */
    static InetSocketAddress parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches() || Integer.parseInt(form.group(3)) > 65_535) {
            throw invalid(text);
        }
        String address = form.group(1) == null ? form.group(2) : form.group(1);
        try {
            return new InetSocketAddress(IpNetwork.parse(address).base(), Integer.parseInt(form.group(3)));
        } catch (IllegalArgumentException e) {
            throw invalid(text);
        }
    }

    private static IllegalArgumentException invalid(String text) {
        return new IllegalArgumentException("must be an IP address and a port like 0.0.0.0:22 or [::]:22, not " + text);
    }
}
