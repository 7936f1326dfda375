package io.gerve.accesslog;

import io.gerve.keylookup.key.Fingerprint;
import io.gerve.program.RequestIdGenerator;
import io.gerve.push.PushedRefs;
import io.gerve.push.PushedRefs.RefUpdate;
import io.gerve.push.PushedRefs.Result;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.IntStream;

/** Sample records for the tests of this package. */
final class SampleRecords {
    static final Fingerprint KEY = Fingerprint.ofBlob(new byte[] {1});
    private static final String ZEROS = "0".repeat(40);
    private static final String COMMIT = "2".repeat(40);

    private SampleRecords() {}

    static AccessLogRecord record() {
        return recordAt(Instant.now());
    }

    static AccessLogRecord recordAt(Instant at) {
        var id = new RequestIdGenerator(() -> at, new SecureRandom()).next();
        return new AccessLogRecord(
                id,
                at.truncatedTo(ChronoUnit.MILLIS),
                new AccessLogRecord.ClientFields("ssh", "192.0.2.7", KEY.text(), 5, 2, "tom"),
                new AccessLogRecord.RequestFields(
                        "git-receive-pack", "mojombo/bert", "git-receive-pack 'mojombo/bert.git'"),
                new AccessLogRecord.DecisionFields(RequestDecision.ALLOWED, "collaborator", 7, "fs3", "fs3a", ""),
                new AccessLogRecord.OutcomeFields(100, 200, 30, "0", "command"),
                new PushedRefs(
                        PushedRefs.Source.REPORTED,
                        List.of(
                                new RefUpdate("refs/heads/café", ZEROS, COMMIT, Result.UPDATED, ""),
                                new RefUpdate(
                                        "refs/heads/x", COMMIT, ZEROS, Result.REFUSED, "deletion  prohibited, 日本 ")),
                        0));
    }

    /** Returns the record that was written of the request while it was running. */
    static AccessLogRecord beginOf(AccessLogRecord end) {
        return new AccessLogRecord(
                end.id(),
                end.at(),
                end.client(),
                end.request(),
                end.decision(),
                new AccessLogRecord.OutcomeFields(7, 8, 9, "", AccessLogRecord.OutcomeFields.UNKNOWN),
                PushedRefs.NONE);
    }

    /** Returns the record of an unregistered key with an invalid command. */
    static AccessLogRecord refusal() {
        AccessLogRecord record = record();
        return new AccessLogRecord(
                record.id(),
                record.at(),
                new AccessLogRecord.ClientFields("openssh", "2001:db8::7", KEY.text(), 0, 0, ""),
                new AccessLogRecord.RequestFields("", "", "sh -c '🙂'"),
                new AccessLogRecord.DecisionFields(
                        RequestDecision.DENIED, "key_unknown", 0, "", "", "ERROR: This key is no longer registered."),
                new AccessLogRecord.OutcomeFields(0, 0, 1, "128", "gate"),
                PushedRefs.NONE);
    }

    static List<AccessLogRecord> records(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> i % 3 == 0 ? refusal() : record())
                .toList();
    }
}
