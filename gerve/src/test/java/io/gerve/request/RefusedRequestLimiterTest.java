package io.gerve.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.accesslog.AccessLogRecord;
import io.gerve.accesslog.RequestDecision;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.program.RequestId;
import io.gerve.program.RequestIdGenerator;
import io.gerve.push.PushedRefs;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class RefusedRequestLimiterTest {
    private static final int PER_KEY_MAX = 30;

    private final List<AccessLogRecord> records = Collections.synchronizedList(new ArrayList<>());
    private final RequestIdGenerator ids = new RequestIdGenerator(InstantSource.system(), new SecureRandom());

    private RefusedRequestLimiter limiter() {
        return new RefusedRequestLimiter(PER_KEY_MAX, records::add, ids);
    }

    private AccessLogRecord request(int key, RequestDecision decision) {
        RequestId id = ids.next();
        return new AccessLogRecord(
                id,
                id.time(),
                new AccessLogRecord.ClientFields(
                        "ssh",
                        "192.0.2.7",
                        Fingerprint.ofBlob(new byte[] {(byte) key}).text(),
                        key,
                        3,
                        "tom"),
                new AccessLogRecord.RequestFields("git-upload-pack", "a/b", "git-upload-pack 'a/b'"),
                new AccessLogRecord.DecisionFields(decision, "key_revoked", 0, "", "", ""),
                new AccessLogRecord.OutcomeFields(0, 0, 0, "128", "gate"),
                PushedRefs.NONE);
    }

    /** The attack: a client whose key was revoked asks without end, and each request is a row for 400 days. */
    @Test
    void floodOfRefusedRequestsOfOneKeyIsCounted() {
        try (var limiter = limiter()) {
            for (int i = 0; i < 440; i++) {
                limiter.write(request(7, i % 2 == 0 ? RequestDecision.DENIED : RequestDecision.LIMITED));
            }
        }
        assertThat(records).hasSize(PER_KEY_MAX + 1);
        AccessLogRecord last = records.getLast();
        assertThat(last.client()).isEqualTo(records.getFirst().client());
        assertThat(last.decision().decision()).isEqualTo(RequestDecision.DENIED);
        assertThat(last.decision().rule()).isEqualTo("more_refused_requests");
        assertThat(last.request().execLine()).isEqualTo("410 more refused requests");
    }

    /** The attack: while the database is unavailable, every new key can log in and be refused. */
    @Test
    void floodOfRequestsOfUnknownKeysIsCounted() {
        try (var limiter = limiter()) {
            for (int key = 1; key <= 100; key++) {
                AccessLogRecord request = request(key, RequestDecision.UNAVAILABLE);
                limiter.write(new AccessLogRecord(
                        request.id(),
                        request.at(),
                        new AccessLogRecord.ClientFields(
                                "ssh", "192.0.2.7", request.client().key(), 0, 0, ""),
                        request.request(),
                        request.decision(),
                        request.outcome(),
                        request.refs()));
            }
        }
        assertThat(records).hasSize(PER_KEY_MAX + 1);
        AccessLogRecord last = records.getLast();
        assertThat(last.client().address()).isEmpty();
        assertThat(last.decision().decision()).isEqualTo(RequestDecision.UNAVAILABLE);
        assertThat(last.request().execLine()).isEqualTo("70 more refused requests");
    }

    @Test
    void otherKeysAndOtherDecisionsAreRecorded() {
        try (var limiter = limiter()) {
            for (int i = 0; i < 100; i++) {
                limiter.write(request(7, RequestDecision.DENIED));
                limiter.write(request(8, RequestDecision.ALLOWED));
            }
            limiter.write(request(9, RequestDecision.DENIED));
        }
        assertThat(records).filteredOn(record -> record.client().keyId() == 8).hasSize(100);
        assertThat(records).filteredOn(record -> record.client().keyId() == 9).hasSize(1);
    }

    @Test
    void requestsThatEndAfterTheCloseAreRecorded() {
        var limiter = limiter();
        limiter.close();
        limiter.close();
        for (int i = 0; i < 100; i++) {
            limiter.write(request(7, RequestDecision.DENIED));
        }
        assertThat(records).hasSize(100);
    }
}
