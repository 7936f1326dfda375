package io.gerve.explain;

import io.gerve.accesslog.AccessLogRecord;
import io.gerve.accesslog.ChainedRecord;
import io.gerve.accesslog.MysqlAccessLogReader;
import io.gerve.git.GitCommand;
import io.gerve.git.GitService;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.program.RequestId;
import io.gerve.request.DecisionPreview;
import io.gerve.request.RequestAuthorizer;
import java.util.Optional;
import java.util.stream.Stream;

/** Explains a request that was made: what was so then, and what would be said to the same request now. Safe for use by many threads. */
public final class PastRequestExplainer {
    private static final DecisionPreview NO_KEY = new DecisionPreview("denied", "no_key", "", "");

    private final MysqlAccessLogReader log;
    private final RequestAuthorizer gate;

    /** @param gate which decides what is so now */
    public PastRequestExplainer(MysqlAccessLogReader log, RequestAuthorizer gate) {
        this.log = log;
        this.gate = gate;
    }

    /** @param then as it was recorded */
    public record Report(ChainedRecord then, DecisionPreview now) {}

    /** @return empty if there is no such request, or its record is still under way */
    public Optional<Report> report(RequestId request) throws LookupUnavailable {
        return report(log.find(request));
    }

    /** @return empty if there is no such request of the asker's */
    public Optional<Report> reportFor(RegisteredKey asker, RequestId request) throws LookupUnavailable {
        return report(log.findOwn(request, asker));
    }

    private Optional<Report> report(Optional<ChainedRecord> found) throws LookupUnavailable {
        if (found.isEmpty()) {
            return Optional.empty();
        }
        AccessLogRecord record = found.get().record();
        Optional<GitCommand> command = command(record.request());
        Optional<Fingerprint> key = record.client().fingerprint();
        if (key.isEmpty()) {
            return Optional.of(new Report(found.get(), NO_KEY));
        }
        DecisionPreview now = command.isPresent() ? gate.preview(key.get(), command.get()) : gate.preview(key.get());
        return Optional.of(new Report(found.get(), now));
    }

    /** @return empty if it was no git command, or a wrong one */
    public static Optional<GitCommand> command(AccessLogRecord.RequestFields asked) {
        return Stream.of(GitService.values())
                .filter(service -> service.program().equals(asked.command()))
                .findFirst()
                .flatMap(
                        service -> RepositoryName.parse(asked.repository()).map(name -> new GitCommand(service, name)));
    }
}
