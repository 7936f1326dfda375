package io.gerve.cli.audit;

import io.gerve.admin.TeamName;
import io.gerve.audit.MysqlChangeHistory.Range;
import io.gerve.audit.MysqlChangeHistory.Subject;
import io.gerve.audit.MysqlChangeHistory.Subject.All;
import io.gerve.audit.MysqlChangeHistory.Subject.OfAccount;
import io.gerve.audit.MysqlChangeHistory.Subject.OfKey;
import io.gerve.audit.MysqlChangeHistory.Subject.OfRepository;
import io.gerve.audit.MysqlChangeHistory.Subject.OfServer;
import io.gerve.audit.MysqlChangeHistory.Subject.OfTeam;
import io.gerve.cli.option.PointInTime;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.key.Fingerprint;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Options of {@code gerve audit changes}: a subject, or none for the whole site, and a range of times. */
final class ChangeOptions {
    @Option(names = "--account", paramLabel = "LOGIN", description = "Changes of a user or an organization.")
    private Optional<Login> account = Optional.empty();

    @Option(names = "--repo", paramLabel = "REPO", description = "Changes of a repository.")
    private Optional<RepositoryName> repository = Optional.empty();

    @Option(names = "--team", paramLabel = "TEAM", description = "Changes of a team.")
    private Optional<TeamName> team = Optional.empty();

    @Option(names = "--key", paramLabel = "FINGERPRINT", description = "Changes of a key.")
    private Optional<Fingerprint> key = Optional.empty();

    @Option(names = "--server", paramLabel = "SERVER", description = "Changes of a file server, and of routes to it.")
    private Optional<String> server = Optional.empty();

    @Option(names = "--since", paramLabel = "TIME", description = "Changes from this time on: 7d, a day, or a time.")
    private Optional<PointInTime> since = Optional.empty();

    @Option(names = "--until", paramLabel = "TIME", description = "Changes until this time.")
    private Optional<PointInTime> until = Optional.empty();

    /** @param usage makes the exception for options that contradict each other */
    void check(Function<String, ParameterException> usage) {
        if (Stream.of(account, repository, team, key, server)
                        .filter(Optional::isPresent)
                        .count()
                > 1) {
            throw usage.apply("Give only one of --account, --repo, --team, --key and --server.");
        }
        if (PointInTime.isReversed(since, until)) {
            throw usage.apply("--since is later than --until.");
        }
    }

    Range range(long after) {
        return new Range(
                since.map(PointInTime::at).orElse(Instant.EPOCH),
                until.map(PointInTime::at).orElseGet(Instant::now),
                after);
    }

    Subject subject() {
        return account.<Subject>map(OfAccount::new)
                .or(() -> repository.map(OfRepository::new))
                .or(() -> team.map(name -> new OfTeam(name.organization(), name.slug())))
                .or(() -> key.map(OfKey::new))
                .or(() -> server.map(OfServer::new))
                .orElseGet(All::new);
    }

    /**
     * Returns the message for a subject that does not exist, without the end of the sentence. An empty result would say
     * that it exists and never changed.
     */
    static String missing(Subject subject) {
        return switch (subject) {
            case All _ -> "There is nothing";
            case OfAccount(var login) -> "There is no account " + login;
            case OfRepository(var name) -> "There is no repository " + name;
            case OfTeam(var organization, String slug) -> "There is no team " + organization + "/" + slug;
            case OfKey(var fingerprint) -> "There is no key " + fingerprint;
            case OfServer(String name) -> "There is no file server " + name;
        };
    }
}
