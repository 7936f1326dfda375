package io.gerve.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.gerve.accesslog.AccessLogRecord;
import io.gerve.accesslog.RequestDecision;
import io.gerve.config.AuditSettings;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.login.RefusedLogin.Reason;
import io.gerve.program.RequestIdGenerator;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RefusedLoginRecorderTest {
    private static final List<Fingerprint> KEYS = IntStream.range(0, 6)
            .mapToObj(i -> Fingerprint.ofBlob(new byte[] {(byte) i}))
            .toList();

    private final List<AccessLogRecord> records = Collections.synchronizedList(new ArrayList<>());

    @Test
    void refusedLoginIsRecordedWithAllFields() throws Exception {
        Instant at = Instant.parse("2030-01-02T03:04:05.678901Z");
        try (var logins = logins(10, 10)) {
            logins.refused(new RefusedLogin(
                    at, address("192.0.2.7"), "git\n", KEYS, Reason.KEY_UNKNOWN, true, "", Duration.ofMillis(30)));
        }

        AccessLogRecord record = records.getFirst();
        assertThat(records).hasSize(1);
        // The recorded time is truncated to milliseconds.
        assertThat(record.at()).isEqualTo("2030-01-02T03:04:05.678Z");
        assertThat(record.client())
                .isEqualTo(new AccessLogRecord.ClientFields(
                        "ssh", "192.0.2.7", KEYS.getFirst().text(), 0, 0, ""));
        assertThat(record.request().command()).isEqualTo("login");
        assertThat(record.request().execLine())
                .isEqualTo("log in as git\\n, also by %s %s %s and 2 more", KEYS.get(1), KEYS.get(2), KEYS.get(3));
        assertThat(record.decision().decision()).isEqualTo(RequestDecision.DENIED);
        assertThat(record.decision().rule()).isEqualTo("key_unknown");
        assertThat(record.outcome().durationMillis()).isEqualTo(30);
    }

    @Test
    void longUserNameIsTruncatedToTheColumn() throws Exception {
        try (var logins = logins(10, 10)) {
            logins.refused(attempt("192.0.2.7", "\u202e".repeat(250)));
        }
        assertThat(records.getFirst().request().execLine()).hasSizeLessThanOrEqualTo(255);
    }

    /** The attack: thousands of logins from one address fill the table, or hide the logins of others. */
    @Test
    void floodFromOneAddressIsCounted() throws Exception {
        try (var logins = logins(60, 10)) {
            for (int i = 0; i < 5000; i++) {
                logins.refused(attempt("192.0.2.7", "git"));
            }
            logins.refused(attempt("198.51.100.1", "git"));
        }
        assertThat(records).hasSize(12);
        assertThat(records.get(10).client().address()).isEqualTo("198.51.100.1");
        AccessLogRecord last = records.getLast();
        assertThat(last.client().address()).isEqualTo("192.0.2.7");
        assertThat(last.decision().rule()).isEqualTo("more_refused_logins");
        assertThat(last.request().execLine()).isEqualTo("4990 more refused logins");
    }

    /** An IPv6 host has a whole /64 and can use any address in it. */
    @Test
    void addressesOfOneIpv6NetworkShareALimit() throws Exception {
        try (var logins = logins(60, 10)) {
            for (int i = 0; i < 1000; i++) {
                logins.refused(attempt("2001:db8::%x".formatted(i), "git"));
            }
            logins.refused(attempt("2001:db8:0:1::1", "git"));
        }
        assertThat(records).hasSize(12);
        assertThat(records.getLast().request().execLine()).isEqualTo("990 more refused logins");
    }

    @Test
    void loginsFromManyAddressesAreLimitedTogether() throws Exception {
        try (var logins = logins(60, 10)) {
            for (int i = 0; i < 10_000; i++) {
                logins.refused(attempt("10.0.%d.%d".formatted(i / 256, i % 256), "git"));
            }
        }
        assertThat(records).hasSize(61);
        assertThat(records.getLast().client().address()).isEmpty();
        assertThat(records.getLast().request().execLine()).isEqualTo("9940 more refused logins");
    }

    /**
     * The attack: six addresses with ten logins a minute each use up the limit, so that a login with a stolen key from
     * a seventh address is only counted.
     */
    @Test
    void verifiedKeysAreRecordedDespiteFloodWithoutKeys() throws Exception {
        try (var logins = logins(60, 10)) {
            for (int i = 0; i < 600; i++) {
                logins.refused(attempt("192.0.2.%d".formatted(i % 7), "git"));
            }
            logins.refused(login("192.0.2.6", "git", Reason.KEY_UNKNOWN, true, ""));
            logins.refused(login("198.51.100.1", "git", Reason.MAX_AUTH_TRIES, true, ""));
        }
        assertThat(records)
                .filteredOn(record -> !record.client().key().isEmpty())
                .extracting(
                        record -> record.client().address(),
                        record -> record.decision().rule())
                .contains(tuple("192.0.2.6", "key_unknown"), tuple("198.51.100.1", "max_auth_tries"));
    }

    /** A client that generates a key for each login is limited too. */
    @Test
    void verifiedKeysAreLimitedToo() throws Exception {
        try (var logins = logins(60, 10)) {
            for (int i = 0; i < 1000; i++) {
                logins.refused(login("192.0.2.7", "git", Reason.KEY_UNKNOWN, true, ""));
            }
        }
        assertThat(records).hasSize(11);
        assertThat(records.getLast().request().execLine()).isEqualTo("990 more refused logins with verified keys");
    }

    @Test
    void unfinishedLoginIsNeitherDeniedNorEndedByGateIfClientLeft() throws Exception {
        try (var logins = logins(10, 10)) {
            logins.refused(login("192.0.2.1", "git", Reason.UNFINISHED, false, ""));
            logins.refused(login("192.0.2.2", "git", Reason.UNFINISHED, false, "Come again."));
            logins.refused(login("192.0.2.3", "git", Reason.KEY_NOT_LOOKED_UP, true, ""));
            logins.refused(login("192.0.2.4", "git", Reason.KEY_UNKNOWN, true, ""));
        }
        assertThat(records)
                .extracting(
                        record -> record.decision().decision(),
                        record -> record.decision().rule(),
                        record -> record.outcome().endedBy())
                .containsExactly(
                        tuple(RequestDecision.UNFINISHED, "unfinished", "client"),
                        tuple(RequestDecision.UNFINISHED, "unfinished", "gate"),
                        tuple(RequestDecision.UNAVAILABLE, "key_not_looked_up", "client"),
                        tuple(RequestDecision.DENIED, "key_unknown", "gate"));
    }

    /** A connection that ends at shutdown reports its login when the recorder is already closed. */
    @Test
    void loginAfterCloseIsRecorded() throws Exception {
        var logins = logins(1, 1);
        logins.close();
        logins.refused(attempt("192.0.2.7", "git"));
        logins.refused(attempt("192.0.2.7", "git"));

        assertThat(records).extracting(record -> record.client().address()).containsExactly("192.0.2.7", "192.0.2.7");
    }

    private RefusedLoginRecorder logins(int perMinute, int perAddress) {
        return new RefusedLoginRecorder(
                new AuditSettings.RefusedLogins(perMinute, perAddress),
                records::add,
                new RequestIdGenerator(InstantSource.system(), new SecureRandom()));
    }

    private static RefusedLogin attempt(String address, String user) throws UnknownHostException {
        return login(address, user, Reason.NO_KEY, false, "");
    }

    private static RefusedLogin login(String address, String user, Reason reason, boolean isVerified, String message)
            throws UnknownHostException {
        return new RefusedLogin(
                Instant.now(), address(address), user, KEYS, reason, isVerified, message, Duration.ofMillis(30));
    }

    private static InetAddress address(String text) throws UnknownHostException {
        return InetAddress.getByName(text);
    }
}
