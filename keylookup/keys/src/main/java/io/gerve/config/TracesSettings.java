package io.gerve.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;

/**
 * Settings of the traces in the {@code [metrics]} section.
 *
 * @param endpoint URL of an OpenTelemetry collector that accepts OTLP over HTTP; empty if there are no traces
 * @param sampledPercent how many of 100 requests have a trace; 1 to 100
 */
public record TracesSettings(String endpoint, int sampledPercent) {
    private static final Set<String> SCHEMES = Set.of("http", "https");

    public TracesSettings {
        SettingRange.atLeast("metrics.traces_sampled_percent", sampledPercent, 1);
        SettingRange.atMost("metrics.traces_sampled_percent", sampledPercent, 100);
    }

    /** Returns whether requests have traces. */
    public boolean isOn() {
        return !endpoint.isEmpty();
    }

    /** @throws IllegalArgumentException if the text is no such URL; the message follows the name of the setting */
    static String parseEndpoint(String text) {
        try {
            var url = new URI(text);
            if (text.isEmpty()
                    || (SCHEMES.contains(url.getScheme()) && url.getHost() != null && url.getRawUserInfo() == null)) {
                return text;
            }
        } catch (URISyntaxException _) {
            // Reported below.
        }
        throw new IllegalArgumentException("must look like http://127.0.0.1:4318/v1/traces");
    }
}
