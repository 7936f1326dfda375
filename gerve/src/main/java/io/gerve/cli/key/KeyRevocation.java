package io.gerve.cli.key;

import io.gerve.admin.OperatorMessage;
import io.gerve.cli.ExitStatus;
import io.gerve.cli.KeyAdministration;
import io.gerve.cli.output.Table;
import io.gerve.keylookup.directory.RegisteredKeyDetails;
import io.gerve.lookup.LookupUnavailable;
import java.util.ArrayList;
import java.util.List;

/** Revokes keys one after the other, and keeps what became of each. Used by one thread. */
final class KeyRevocation {
    static final Table<Revoked> REPORT = Table.<Revoked>rows()
            .column("fingerprint", Revoked::fingerprint)
            .column("id", Revoked::id)
            .column("holder", Revoked::holder)
            .column("title", Revoked::title)
            .column("result", Revoked::result)
            .column("note", Revoked::note);

    enum Result {
        REVOKED,
        ALREADY_REVOKED,
        WOULD_BE_REVOKED,
        NOT_READ
    }

    /**
     * What became of one key, or of one line of a list.
     *
     * @param fingerprint empty where no key could be read
     * @param note since when and why it is revoked already, or what is wrong with the line
     */
    record Revoked(String fingerprint, Object id, Object holder, String title, Result result, String note) {}

    private final KeyAdministration keys;
    private final OperatorMessage reason;
    private final boolean dryRun;
    private final List<Revoked> report = new ArrayList<>();

    /** @param dryRun only find out what would be done */
    KeyRevocation(KeyAdministration keys, OperatorMessage reason, boolean dryRun) {
        this.keys = keys;
        this.reason = reason;
        this.dryRun = dryRun;
    }

    /** Gates are told of a key that is revoked already once more, in case they were not the first time. */
    void revoke(RegisteredKeyDetails key) throws LookupUnavailable {
        boolean wasRevoked = KeyAdministration.isRevoked(key);
        if (!dryRun) {
            keys.revoke(key.registered().fingerprint(), reason);
        }
        Result now = dryRun ? Result.WOULD_BE_REVOKED : Result.REVOKED;
        report.add(new Revoked(
                key.registered().fingerprint().text(),
                key.registered().id(),
                KeyAdministration.holder(key),
                key.registered().title(),
                wasRevoked ? Result.ALREADY_REVOKED : now,
                wasRevoked ? KeyAdministration.validity(key) : ""));
    }

    void unreadable(KeySelector.Line line) {
        report.add(new Revoked("", "", "", "", Result.NOT_READ, line.place() + ": " + line.problem()));
    }

    List<Revoked> report() {
        return List.copyOf(report);
    }

    int status() {
        return count(Result.NOT_READ) == 0 ? ExitStatus.DONE : ExitStatus.REFUSED;
    }

    /** {@code 3 revoked, 1 already revoked.} */
    String summary() {
        String sentence =
                dryRun ? count(Result.WOULD_BE_REVOKED) + " would be revoked, " : count(Result.REVOKED) + " revoked, ";
        long notRead = count(Result.NOT_READ);
        return sentence + count(Result.ALREADY_REVOKED) + " already revoked"
                + (notRead == 0 ? "." : ", " + notRead + " could not be read.");
    }

    private long count(Result result) {
        return report.stream().filter(line -> line.result() == result).count();
    }
}
