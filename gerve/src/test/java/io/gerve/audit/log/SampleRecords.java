package io.gerve.audit.log;

import io.gerve.keylookup.key.Fingerprint;
import io.gerve.program.RequestIds;
import io.gerve.session.PushedRefs;
import io.gerve.session.PushedRefs.Move;
import io.gerve.session.PushedRefs.Result;
import io.gerve.session.SessionRecord;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.IntStream;

/** Records that the tests of this package share. */
final class SampleRecords {
    static final Fingerprint KEY = Fingerprint.ofBlob(new byte[] {1});
    private static final String ZEROS = "0".repeat(40);
    private static final String COMMIT = "2".repeat(40);

    private SampleRecords() {}

    static SessionRecord record() {
        return recordAt(Instant.now());
    }

    static SessionRecord recordAt(Instant at) {
        var id = new RequestIds(() -> at, new SecureRandom()).next();
        return new SessionRecord(
                id,
                at.truncatedTo(ChronoUnit.MILLIS),
                new SessionRecord.From("ssh", "192.0.2.7", KEY.text(), 5, 2, "tom"),
                new SessionRecord.Asked("git-receive-pack", "mojombo/bert", "git-receive-pack 'mojombo/bert.git'"),
                new SessionRecord.Ruling("allowed", "collaborator", 7, "fs3", "fs3a", ""),
                new SessionRecord.Course(100, 200, 30, "0", "command"),
                new PushedRefs(
                        PushedRefs.Known.REPORTED,
                        List.of(
                                new Move("refs/heads/café", ZEROS, COMMIT, Result.MOVED, ""),
                                new Move("refs/heads/x", COMMIT, ZEROS, Result.REFUSED, "deletion  prohibited, 日本 ")),
                        0));
    }

    /** Somebody without an account asks for what is no command. */
    static SessionRecord refusal() {
        SessionRecord record = record();
        return new SessionRecord(
                record.id(),
                record.at(),
                new SessionRecord.From("agent", "2001:db8::7", KEY.text(), 0, 0, ""),
                new SessionRecord.Asked("", "", "sh -c '🙂'"),
                new SessionRecord.Ruling(
                        "denied", "key-unknown", 0, "", "", "ERROR: This key is no longer registered."),
                new SessionRecord.Course(0, 0, 1, "128", "gate"),
                PushedRefs.NONE);
    }

    static List<SessionRecord> records(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> i % 3 == 0 ? refusal() : record())
                .toList();
    }
}
