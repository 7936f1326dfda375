package io.gerve.cli;

import io.gerve.git.GitCommand;
import io.gerve.git.RepositoryName;
import io.gerve.git.Service;
import io.gerve.keylookup.key.Account;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.Login;
import io.gerve.program.RequestId;
import io.gerve.registry.Refused;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code gerve explain}. */
@Command(
        name = "explain",
        header = "Say what the gate would decide, and by which rule; or why a request ended as it did.",
        description = {
            "",
            "Of a request that happened, by the id that stands in brackets at the end of what its user read: what was so then, from the access"
                    + " log, and what the gate would say to the same request now.",
            "",
            "  gerve explain 01k9x0c3v5m8t2qa",
            "",
            "Of a request that might be made:",
            "",
            "  gerve explain --account tom --repo mojombo/bert --verb push",
            "  gerve explain --key SHA256:… --repo mojombo/bert --at 2026-03-01T12:00:00Z",
            "",
            "It takes the decision with the gate's own code, on what is in the database at this moment, and shows each rule that was tried"
                    + " with what it looked at. Nothing is joined. The exit status is 0 if the request would be let through, 1 if not.",
            "",
            "Of the past it tells from recorded changes; the route is always the present one.",
        })
final class ExplainCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Gerve gerve;

    @Parameters(arity = "0..1", paramLabel = "REQUEST-ID", description = "16 characters.")
    private Optional<RequestId> request = Optional.empty();

    @ArgGroup(multiplicity = "0..1")
    private Asker asker = new Asker();

    @Option(names = "--repo", paramLabel = "REPO", description = "owner/name")
    private Optional<RepositoryName> repository = Optional.empty();

    @Option(
            names = "--verb",
            paramLabel = "VERB",
            description = "${COMPLETION-CANDIDATES}",
            showDefaultValue = Visibility.ALWAYS)
    private Verb verb = Verb.PULL;

    @Mixin
    private AuditCommand.At at = new AuditCommand.At();

    /** Who would ask. */
    static final class Asker {
        @Option(names = "--account", paramLabel = "LOGIN", description = "A user, with a key that works.")
        private Optional<Login> account = Optional.empty();

        @Option(names = "--key", paramLabel = "FINGERPRINT", description = "SHA256:…")
        private Optional<Fingerprint> key = Optional.empty();

        boolean isNamed() {
            return account.isPresent() || key.isPresent();
        }
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
        boolean isToBe = asker.isNamed() && repository.isPresent();
        if (request.isPresent() == isToBe || (request.isPresent() && (asker.isNamed() || repository.isPresent()))) {
            throw new ParameterException(
                    spec.commandLine(), "Name either a REQUEST-ID, or --account or --key with --repo.");
        }
        try (var site = gerve.open()) {
            return request.isPresent() ? explain(site, request.get()) : explain(site, repository.orElseThrow());
        }
    }

    private int explain(Site site, RequestId id) throws Exception {
        var report = site.pastRequests()
                .report(id)
                .orElseThrow(() -> new Refused("There is no record of a request " + id
                        + ". It is written when the request has ended, and later if the gate could not reach the"
                        + " database."));
        var then = site.explainer(report.then().record().at());
        gerve.printOne(ExplainedPast.REPORT, ExplainedPast.of(report, then));
        return ExitStatus.DONE;
    }

    private int explain(Site site, RepositoryName name) throws Exception {
        var command = new GitCommand(verb.service, name);
        Optional<Instant> past = at.instant();
        var explainer = past.isPresent() ? site.explainer(past.get()) : site.explainer();
        return new Explained(gerve)
                .print(
                        asker.account.isPresent()
                                ? explainer.explain(account(site, asker.account.get()), command)
                                : explainer.explain(asker.key.orElseThrow(), command));
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
