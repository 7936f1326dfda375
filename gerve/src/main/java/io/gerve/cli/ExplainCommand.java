package io.gerve.cli;

import io.gerve.git.GitCommand;
import io.gerve.git.RepositoryName;
import io.gerve.git.Service;
import io.gerve.keylookup.key.Account;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.Login;
import io.gerve.registry.Refused;
import io.gerve.session.Explanation;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code gerve explain}. */
@Command(
        name = "explain",
        header = "Say what the gate would decide, and by which rule.",
        description = {
            "",
            "It takes the decision with the gate's own code, on what is in the database at this moment, and shows each rule that was tried"
                    + " with what it looked at. Nothing is joined. The exit status is 0 if the request would be let through, 1 if not.",
            "",
            "  gerve explain --account tom --repo mojombo/bert --verb push",
            "  gerve explain --key SHA256:… --repo mojombo/bert --at 2026-03-01T12:00:00Z",
            "",
            "Of the past it tells from recorded changes; the route is always the present one.",
        })
final class ExplainCommand implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Gerve gerve;

    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Asker asker;

    @Option(names = "--repo", paramLabel = "REPO", required = true, description = "owner/name")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private RepositoryName repository;

    @Option(names = "--verb", paramLabel = "VERB", description = "${COMPLETION-CANDIDATES}")
    private Verb verb = Verb.PULL;

    @Mixin
    private AuditCommand.At at = new AuditCommand.At();

    /** Who would ask. */
    static final class Asker {
        @Option(names = "--account", paramLabel = "LOGIN", description = "A user, with a key that works.")
        private Optional<Login> account = Optional.empty();

        @Option(names = "--key", paramLabel = "FINGERPRINT", description = "SHA256:…")
        private Optional<Fingerprint> key = Optional.empty();
    }

    enum Verb {
        PULL(Service.UPLOAD_PACK),
        PUSH(Service.RECEIVE_PACK),
        ARCHIVE(Service.UPLOAD_ARCHIVE);

        private final Service service;

        Verb(Service service) {
            this.service = service;
        }
    }

    @Override
    public Integer call() throws Exception {
        var command = new GitCommand(verb.service, repository);
        Explanation explanation;
        try (var site = gerve.open()) {
            Optional<Instant> past = at.instant();
            var explainer = past.isPresent() ? site.explainer(past.get()) : site.explainer();
            explanation = asker.account.isPresent()
                    ? explainer.explain(account(site, asker.account.get()), command)
                    : explainer.explain(asker.key.orElseThrow(), command);
        }
        return new Explained(gerve).print(explanation);
    }

    private Account account(Site site, Login login) throws Exception {
        if (at.instant().isEmpty()) {
            return site.accounts().show(login).entry().account();
        }
        return site.audit(at.instant().get())
                .account(login)
                .orElseThrow(() -> new Refused("There was no account " + login + " then."));
    }
}
