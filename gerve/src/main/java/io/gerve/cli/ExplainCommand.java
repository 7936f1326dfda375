package io.gerve.cli;

import io.gerve.admin.ChangeRefused;
import io.gerve.cli.option.AtOption;
import io.gerve.cli.output.ExplanationPrinter;
import io.gerve.cli.output.PastRequestPrinter;
import io.gerve.git.GitCommand;
import io.gerve.git.GitService;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.program.ExitStatus;
import io.gerve.program.RequestId;
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
        header = "Explain why a request ended as it did, or what the gate would decide.",
        description = {
            "",
            "With a REQUEST-ID, which stands in brackets at the end of each message to the git user: shows the record"
                    + " of the request from the"
                    + " access log, and what the gate would decide now.",
            "",
            "  gerve explain 01k9x0c3v5m8t2qa",
            "",
            "Otherwise: shows what the gate would decide about a request, each rule that it tried, and what the rule"
                    + " saw. The decision is made"
                    + " by the gate's own code from the database. No git command runs.",
            "",
            "  gerve explain --account tom --repo mojombo/bert --verb push",
            "  gerve explain --key SHA256:… --repo mojombo/bert --at 2026-03-01T12:00:00Z",
            "",
            "With --at, permissions are those of that time, from the history of changes. The route is always the"
                    + " present one.",
        },
        exitCodeList = {
            "0:The request would be allowed, or the record was found.",
            "1:The request would be denied, or there is no such request, account or repository.",
            ExitStatus.USAGE_HELP,
            ExitStatus.UNAVAILABLE_HELP,
            ExitStatus.TRY_AGAIN_HELP,
            ExitStatus.CONFIG_HELP
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
    private PrincipalOptions principal = new PrincipalOptions();

    @Option(names = "--repo", paramLabel = "REPO", description = "owner/name")
    private Optional<RepositoryName> repository = Optional.empty();

    @Option(
            names = "--verb",
            paramLabel = "VERB",
            description = "${COMPLETION-CANDIDATES}",
            showDefaultValue = Visibility.ALWAYS)
    private Verb verb = Verb.PULL;

    @Mixin
    private AtOption at = new AtOption();

    /** Principal of the request. */
    static final class PrincipalOptions {
        @Option(names = "--account", paramLabel = "LOGIN", description = "A user, with a valid key.")
        private Optional<Login> account = Optional.empty();

        @Option(names = "--key", paramLabel = "FINGERPRINT", description = "SHA256:…")
        private Optional<Fingerprint> key = Optional.empty();

        boolean isNamed() {
            return account.isPresent() || key.isPresent();
        }
    }

    enum Verb {
        PULL(GitService.UPLOAD_PACK),
        PUSH(GitService.RECEIVE_PACK),
        ARCHIVE(GitService.UPLOAD_ARCHIVE);

        private final GitService service;

        Verb(GitService service) {
            this.service = service;
        }
    }

    @Override
    public Integer call() throws Exception {
        boolean isHypothetical = principal.isNamed() && repository.isPresent();
        boolean isMixed = request.isPresent() && (principal.isNamed() || repository.isPresent());
        if (request.isPresent() == isHypothetical || isMixed) {
            throw new ParameterException(
                    spec.commandLine(), "Give either a REQUEST-ID, or --account or --key with --repo.");
        }
        try (var site = gerve.open()) {
            return request.isPresent() ? explain(site, request.get()) : explain(site, repository.orElseThrow());
        }
    }

    private int explain(SiteConnection site, RequestId id) throws Exception {
        var report = site.pastRequests()
                .report(id)
                .orElseThrow(() -> new ChangeRefused("There is no record of a request " + id
                        + ". The gate writes it when the request has ended or has run for audit.running_record_after, or"
                        + " later if the database did not answer."));
        var then = site.explainer(report.then().record().at());
        gerve.printOne(PastRequestPrinter.REPORT, PastRequestPrinter.of(report, then));
        return ExitStatus.DONE;
    }

    private int explain(SiteConnection site, RepositoryName name) throws Exception {
        var command = new GitCommand(verb.service, name);
        Optional<Instant> past = at.instant();
        var explainer = past.isPresent() ? site.explainer(past.get()) : site.explainer();
        return new ExplanationPrinter(gerve)
                .print(
                        principal.account.isPresent()
                                ? explainer.explain(account(site, principal.account.get()), command)
                                : explainer.explain(principal.key.orElseThrow(), command));
    }

    private Account account(SiteConnection site, Login login) throws Exception {
        if (at.instant().isEmpty()) {
            return site.accounts().show(login).details().account();
        }
        return site.audit(at.instant().get())
                .account(login)
                .orElseThrow(() -> new ChangeRefused("There was no account " + login + " at that time."));
    }
}
