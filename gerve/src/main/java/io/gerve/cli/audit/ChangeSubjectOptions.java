package io.gerve.cli.audit;

import io.gerve.admin.TeamName;
import io.gerve.audit.MysqlChangeHistory.Subject;
import io.gerve.audit.MysqlChangeHistory.Subject.All;
import io.gerve.audit.MysqlChangeHistory.Subject.OfAccount;
import io.gerve.audit.MysqlChangeHistory.Subject.OfKey;
import io.gerve.audit.MysqlChangeHistory.Subject.OfRepository;
import io.gerve.audit.MysqlChangeHistory.Subject.OfServer;
import io.gerve.audit.MysqlChangeHistory.Subject.OfTeam;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.key.Fingerprint;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** What an audit is about, of which there may be none. */
final class ChangeSubjectOptions {
    @Option(names = "--account", paramLabel = "LOGIN", description = "Of a user or an organization.")
    private Optional<Login> account = Optional.empty();

    @Option(names = "--repo", paramLabel = "REPO", description = "Of a repository.")
    private Optional<RepositoryName> repository = Optional.empty();

    @Option(names = "--team", paramLabel = "TEAM", description = "Of a team.")
    private Optional<TeamName> team = Optional.empty();

    @Option(names = "--key", paramLabel = "FINGERPRINT", description = "Of a key.")
    private Optional<Fingerprint> key = Optional.empty();

    @Option(names = "--server", paramLabel = "SERVER", description = "Of a file server, and of who is routed to it.")
    private Optional<String> server = Optional.empty();

    boolean isMoreThanOne() {
        return Stream.of(account, repository, team, key, server)
                        .filter(Optional::isPresent)
                        .count()
                > 1;
    }

    Subject subject() {
        return account.<Subject>map(OfAccount::new)
                .or(() -> repository.map(OfRepository::new))
                .or(() -> team.map(name -> new OfTeam(name.organization(), name.slug())))
                .or(() -> key.map(OfKey::new))
                .or(() -> server.map(OfServer::new))
                .orElseGet(All::new);
    }

    /** What is said of a name that nothing has: an empty answer would say that there is, and that nothing became of it.
     *  @return a sentence, but for what follows and the full stop */
    static String missing(Subject subject) {
        return switch (subject) {
            case All _ -> "There is nothing";
            case OfAccount(var login) -> "There is no account " + login;
            case OfRepository(var name) -> "There is no repository " + name;
            case OfTeam(var organization, String slug) -> "There is no team " + organization + "/" + slug;
            case OfKey(var fingerprint) -> "Nobody has the key " + fingerprint;
            case OfServer(String name) -> "There is no file server " + name;
        };
    }
}
