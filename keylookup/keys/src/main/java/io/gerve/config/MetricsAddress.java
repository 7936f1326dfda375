package io.gerve.config;

import java.net.InetSocketAddress;

/** Address at which a program serves its metrics and its health, if it does. */
public sealed interface MetricsAddress {
    /** The program serves no metrics. */
    record Off() implements MetricsAddress {}

    /** @param setting name of the setting, for messages */
    record Listen(InetSocketAddress address, String setting) implements MetricsAddress {}

    /**
     * Parses the value of a setting. Empty text turns metrics off.
     *
     * @throws IllegalArgumentException if the text is neither empty nor an address and a port
     */
    static MetricsAddress parse(String text, String setting) {
        return text.isEmpty() ? new Off() : new Listen(ListenAddress.parse(text), setting);
    }
}
