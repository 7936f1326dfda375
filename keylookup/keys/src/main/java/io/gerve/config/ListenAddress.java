package io.gerve.config;

import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An address to listen on as the file spells it: {@code 0.0.0.0:22}, {@code [::]:22}. */
final class ListenAddress {
    private static final Pattern FORM = Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([0-9.]+)):(\\d{1,5})");

    private ListenAddress() {}

    /**
     * Host names are not resolved: which of a name's addresses is meant would change with the name server's mood.
     *
     * @throws IllegalArgumentException if the text has another form
     */
    static InetSocketAddress parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches() || Integer.parseInt(form.group(3)) > 65_535) {
            throw wrong(text);
        }
        String address = form.group(1) == null ? form.group(2) : form.group(1);
        try {
            return new InetSocketAddress(IpNetwork.parse(address).base(), Integer.parseInt(form.group(3)));
        } catch (IllegalArgumentException e) {
            throw wrong(text);
        }
    }

    private static IllegalArgumentException wrong(String text) {
        return new IllegalArgumentException("must be an IP address and a port like 0.0.0.0:22 or [::]:22, not " + text);
    }
}
