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
import io.gerve.request.AuthorizationResult;
import io.gerve.request.RequestAuthorizer;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Explainer of recorded requests: it returns the record, and the decision that the gate would make on the same request
 * now. Safe for use by many threads.
 */
public final class PastRequestExplainer {
    private final MysqlAccessLogReader log;
    private final RequestAuthorizer authorizer;

    /** @param authorizer decides on the same request now */
    public PastRequestExplainer(MysqlAccessLogReader log, RequestAuthorizer authorizer) {
        this.log = log;
        this.authorizer = authorizer;
    }

    /**
     * The record of a request, and what would become of the same request now.
     *
     * @param then the record
     */
    public record Report(ChainedRecord then, AuthorizationResult now) {}

    /**
     * Reports on any request.
     *
     * @return empty if there is no such request, or its record is not yet written
     */
    public Optional<Report> report(RequestId request) throws LookupUnavailable {
        return report(log.find(request));
    }

    /**
     * Reports on a request that the key's account, or the deploy key itself, made.
     *
     * @return empty if there is no such request
     */
    public Optional<Report> reportFor(RegisteredKey key, RequestId request) throws LookupUnavailable {
        return report(log.findOwn(request, key));
    }

    private Optional<Report> report(Optional<ChainedRecord> found) throws LookupUnavailable {
        if (found.isEmpty()) {
            return Optional.empty();
        }
        AccessLogRecord record = found.get().record();
        Optional<GitCommand> command = command(record.request());
        Optional<Fingerprint> key = record.client().fingerprint();
        if (key.isEmpty()) {
            return Optional.of(new Report(found.get(), AuthorizationResult.Answered.noKey()));
        }
        AuthorizationResult now = command.isPresent()
                ? authorizer.preview(key.get(), command.get())
                : authorizer.preview(
                        key.get(), isLogin(record) ? "" : record.request().execLine());
        return Optional.of(new Report(found.get(), now));
    }

    private static boolean isLogin(AccessLogRecord record) {
        return record.request().command().equals(AccessLogRecord.RequestFields.LOGIN);
    }

    /** Returns the git command of a record, or empty if the request was not a valid git command. */
    public static Optional<GitCommand> command(AccessLogRecord.RequestFields request) {
        return Stream.of(GitService.values())
                .filter(service -> service.program().equals(request.command()))
                .findFirst()
                .flatMap(service ->
                        RepositoryName.parse(request.repository()).map(name -> new GitCommand(service, name)));
    }
}
