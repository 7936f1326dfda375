package io.gerve.cli.key;

import io.gerve.admin.OperatorMessage;
import io.gerve.cli.KeyAdministration;
import io.gerve.cli.output.Table;
import io.gerve.keylookup.directory.KeyValidity;
import io.gerve.keylookup.directory.RegisteredKeyDetails;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.program.ExitStatus;
import java.util.ArrayList;
import java.util.List;

/** Revocation of keys one after the other, with a report of each. Used by one thread. */
final class KeyRevocation {
    static final Table<Revoked> REPORT = Table.<Revoked>rows()
            .column("fingerprint", Revoked::fingerprint)
            .column("id", Revoked::id)
            .column("principal", Revoked::principal)
            .column("title", Revoked::title)
            .column("result", Revoked::result)
            .column("note", Revoked::note);

    enum Result {
        REVOKED,
        ALREADY_REVOKED,
        WOULD_BE_REVOKED,
        INVALID_LINE
    }

    /**
     * Result of one key, or of one line of a list.
     *
     * @param fingerprint empty if the line has no key
     * @param note when, by whom and why the key was revoked already, or what is wrong with the line
     */
    record Revoked(String fingerprint, Object id, Object principal, String title, Result result, String note) {}

    private final KeyAdministration keys;
    private final OperatorMessage reason;
    private final boolean dryRun;
    private final List<Revoked> report = new ArrayList<>();

    /** @param dryRun report what would be done, and change nothing */
    KeyRevocation(KeyAdministration keys, OperatorMessage reason, boolean dryRun) {
        this.keys = keys;
        this.reason = reason;
        this.dryRun = dryRun;
    }

    /**
     * Revokes the key. For a key that is revoked already the invalidation is published again, in case the first was
     * lost.
     */
    void revoke(RegisteredKeyDetails key) throws LookupUnavailable {
        boolean wasRevoked = KeyAdministration.isRevoked(key);
        if (!dryRun) {
            keys.revoke(key.registered().fingerprint(), reason);
        }
        Result result = dryRun ? Result.WOULD_BE_REVOKED : Result.REVOKED;
        report.add(new Revoked(
                key.registered().fingerprint().text(),
                key.registered().id(),
                KeyAdministration.principal(key),
                key.registered().title(),
                wasRevoked ? Result.ALREADY_REVOKED : result,
                KeyAdministration.revocation(key)
                        .map(earlier -> note(key, earlier))
                        .orElse("")));
    }

    private static String note(RegisteredKeyDetails key, KeyValidity.Revoked earlier) {
        return "revoked " + earlier.at() + " by " + key.revokedBy()
                + (earlier.reason().isEmpty() ? "" : ": " + earlier.reason());
    }

    void addInvalidLine(KeySelector.Line line) {
        report.add(new Revoked("", "", "", "", Result.INVALID_LINE, line.location() + ": " + line.issue()));
    }

    List<Revoked> report() {
        return List.copyOf(report);
    }

    int status() {
        return count(Result.INVALID_LINE) == 0 ? ExitStatus.DONE : ExitStatus.REFUSED;
    }

    /** Returns the counts: {@code 3 revoked, 1 already revoked.} */
    String summary() {
        String sentence =
                dryRun ? count(Result.WOULD_BE_REVOKED) + " would be revoked, " : count(Result.REVOKED) + " revoked, ";
        long invalidLines = count(Result.INVALID_LINE);
        return sentence + count(Result.ALREADY_REVOKED) + " already revoked"
                + (invalidLines == 0 ? "." : ", " + invalidLines + " invalid lines.");
    }

    private long count(Result result) {
        return report.stream().filter(line -> line.result() == result).count();
    }
}
