package io.gerve.config;

import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * The file's {@code [keylookup]}: the service through which people and programs manage keys, and what is asked of keys.
 *
 * @param listen where HTTP is spoken; TLS is the business of a proxy in front
 * @param url under which clients reach it, without a slash at the end: answers name addresses that begin with it
 * @param trustedProxies the proxies whose X-Forwarded-For is believed; empty if clients connect directly
 * @param sessions of people who signed in to the settings page
 * @param drainTimeout how long running requests may go on once the program was told to stop
 */
public record KeylookupSettings(
        InetSocketAddress listen,
        URI url,
        List<IpNetwork> trustedProxies,
        Limits limits,
        Sessions sessions,
        Duration drainTimeout,
        KeyPolicySettings policy) {
    public KeylookupSettings {
        trustedProxies = List.copyOf(trustedProxies);
        SettingRange.atLeast("keylookup.drain_timeout", drainTimeout, Duration.ZERO);
    }

    /**
     * @param connectionsMax connections at one time
     * @param requestsMax requests under way at one time; more are told to try again
     * @param requestsPerHour of one person
     * @param anonymousRequestsPerHour of one address (a /64 for IPv6) without a token, or with a wrong one
     * @param failedSignInsPerHour to the settings page that fail, from one address
     * @param bodyBytesMax a longer body is refused
     */
    public record Limits(
            int connectionsMax,
            int requestsMax,
            int requestsPerHour,
            int anonymousRequestsPerHour,
            int failedSignInsPerHour,
            int bodyBytesMax) {
        public Limits {
            SettingRange.atLeast("keylookup.connections_max", connectionsMax, 1);
            SettingRange.atLeast("keylookup.requests_max", requestsMax, 1);
            SettingRange.atLeast("keylookup.requests_per_hour", requestsPerHour, 1);
            SettingRange.atLeast("keylookup.anonymous_requests_per_hour", anonymousRequestsPerHour, 1);
            SettingRange.atLeast("keylookup.failed_sign_ins_per_hour", failedSignInsPerHour, 1);
            SettingRange.atLeast("keylookup.body_bytes_max", bodyBytesMax, 1024);
        }
    }

    /**
     * @param maxLifetime after which everybody signs in anew
     * @param idleTimeout without a request, after which somebody does
     */
    public record Sessions(Duration maxLifetime, Duration idleTimeout) {
        public Sessions {
            SettingRange.atLeast("keylookup.max_session_lifetime", maxLifetime, Duration.ofMinutes(1));
            SettingRange.atLeast("keylookup.session_idle_timeout", idleTimeout, Duration.ofMinutes(2));
        }
    }
}
