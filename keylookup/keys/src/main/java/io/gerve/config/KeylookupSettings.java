package io.gerve.config;

import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * Settings of the {@code [keylookup]} section: the HTTP service for managing keys, and the key policy.
 *
 * @param listen address and port to listen on for HTTP. A proxy in front terminates TLS.
 * @param url public URL of the service, without a trailing slash. URLs in responses begin with it.
 * @param trustedProxies networks of the proxies whose X-Forwarded-For header is trusted; empty if clients connect
 *     directly
 * @param publicKeyLists whether anybody can list the public keys of an account
 * @param connections limits on connections and on the time that requests take
 * @param limits limits on requests, per client and for all clients together
 * @param sessions sessions of the settings page
 * @param policy requirements on keys
 */
public record KeylookupSettings(
        InetSocketAddress listen,
        URI url,
        List<IpNetwork> trustedProxies,
        boolean publicKeyLists,
        Connections connections,
        Limits limits,
        Sessions sessions,
        KeyPolicySettings policy) {
    public KeylookupSettings {
        trustedProxies = List.copyOf(trustedProxies);
    }

    /**
     * Limits on connections. A connection counts while it waits for a request, receives one or sends a response. At a
     * maximum, the client that has the most connections loses its oldest one.
     *
     * @param max maximum number of concurrent connections; at least 1
     * @param perAddressMax maximum number of concurrent connections of one client address (a /64 for IPv6); at least 1.
     *     The connections of a trusted proxy count for the client only while they receive its request or send the
     *     response.
     * @param requestTimeout time that a client has to send a whole request, and to receive the response; at least 1 s
     * @param idleTimeout time after which a connection without a request is closed; at least 1 s
     * @param drainTimeout time that running requests have to end when the program stops; at least 0 ms
     */
    public record Connections(
            int max, int perAddressMax, Duration requestTimeout, Duration idleTimeout, Duration drainTimeout) {
        public Connections {
            SettingRange.atLeast("keylookup.connections_max", max, 1);
            SettingRange.atLeast("keylookup.connections_per_address_max", perAddressMax, 1);
            SettingRange.atLeast("keylookup.request_timeout", requestTimeout, Duration.ofSeconds(1));
            SettingRange.atLeast("keylookup.idle_timeout", idleTimeout, Duration.ofSeconds(1));
            SettingRange.atLeast("keylookup.drain_timeout", drainTimeout, Duration.ZERO);
        }
    }

    /**
     * Limits on requests.
     *
     * @param requestsMax maximum number of concurrent requests; at least 1. Clients must retry further requests.
     * @param requestsPerHour maximum number of requests of one account per hour; at least 1
     * @param anonymousRequestsPerHour maximum number of requests without a valid token from one address (a /64 for
     *     IPv6) per hour; at least 1
     * @param failedSignInsPerHour maximum number of failed sign-ins to the settings page from one address per hour; at
     *     least 1
     * @param bodyBytesMax maximum size of a request body in bytes; at least 1024
     */
    public record Limits(
            int requestsMax,
            int requestsPerHour,
            int anonymousRequestsPerHour,
            int failedSignInsPerHour,
            int bodyBytesMax) {
        public Limits {
            SettingRange.atLeast("keylookup.requests_max", requestsMax, 1);
            SettingRange.atLeast("keylookup.requests_per_hour", requestsPerHour, 1);
            SettingRange.atLeast("keylookup.anonymous_requests_per_hour", anonymousRequestsPerHour, 1);
            SettingRange.atLeast("keylookup.failed_sign_ins_per_hour", failedSignInsPerHour, 1);
            SettingRange.atLeast("keylookup.body_bytes_max", bodyBytesMax, 1024);
        }
    }

    /**
     * Sessions of the settings page.
     *
     * @param maxLifetime time after which a session ends; at least 1 min
     * @param idleTimeout time without a request after which a session ends; at least 2 min
     */
    public record Sessions(Duration maxLifetime, Duration idleTimeout) {
        public Sessions {
            SettingRange.atLeast("keylookup.max_session_lifetime", maxLifetime, Duration.ofMinutes(1));
            SettingRange.atLeast("keylookup.session_idle_timeout", idleTimeout, Duration.ofMinutes(2));
        }
    }
}
