package io.gerve.audit.log;

import io.gerve.git.GitCommand;
import io.gerve.git.RepositoryName;
import io.gerve.git.Service;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.KnownKey;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.program.RequestId;
import io.gerve.session.Admission;
import io.gerve.session.Preview;
import io.gerve.session.SessionRecord;
import java.util.Optional;
import java.util.stream.Stream;

/** Explains a request that was made: what was so then, and what would be said to the same request now. Safe for use by many threads. */
public final class PastRequest {
    private static final Preview NO_KEY = new Preview("denied", "no-key", "", "");

    private final MysqlAccessLog log;
    private final Admission gate;

    /** @param gate which decides what is so now */
    public PastRequest(MysqlAccessLog log, Admission gate) {
        this.log = log;
        this.gate = gate;
    }

    /** @param then as it was recorded */
    public record Report(LoggedRecord then, Preview now) {}

    /** @return empty if there is no such request, or its record is still under way */
    public Optional<Report> report(RequestId request) throws LookupUnavailable {
        return report(log.find(request));
    }

    /** @return empty if there is no such request of the asker's */
    public Optional<Report> reportTo(KnownKey asker, RequestId request) throws LookupUnavailable {
        return report(log.findOwn(request, asker));
    }

    private Optional<Report> report(Optional<LoggedRecord> found) throws LookupUnavailable {
        if (found.isEmpty()) {
            return Optional.empty();
        }
        SessionRecord record = found.get().record();
        Optional<GitCommand> command = command(record.asked());
        Optional<Fingerprint> key = record.from().fingerprint();
        if (key.isEmpty()) {
            return Optional.of(new Report(found.get(), NO_KEY));
        }
        Preview now = command.isPresent() ? gate.preview(key.get(), command.get()) : gate.preview(key.get());
        return Optional.of(new Report(found.get(), now));
    }

    /** @return empty if it was no git command, or a wrong one */
    public static Optional<GitCommand> command(SessionRecord.Asked asked) {
        return Stream.of(Service.values())
                .filter(service -> service.program().equals(asked.verb()))
                .findFirst()
                .flatMap(
                        service -> RepositoryName.parse(asked.repository()).map(name -> new GitCommand(service, name)));
    }
}
