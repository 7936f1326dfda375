package io.gerve.access;

import io.gerve.access.Decision.Allowed;
import io.gerve.access.Decision.Denied;
import io.gerve.git.GitCommand;
import io.gerve.git.GitService;
import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.KeyValidity;
import io.gerve.keylookup.directory.Principal;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.lookup.CachedResult;
import io.gerve.lookup.Freshness;
import io.gerve.lookup.LookupUnavailable;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Decides who may do what, by the rules of {@link Rule} in their order. Safe for use by many threads.
 *
 * <p>Suspending a user stops the user, not the repositories: others go on working in them, as on GitHub Enterprise Server, and the
 * operator disables those that must stop. An organization does not log in, so suspending it stops its repositories.
 */
public final class AccessGate {
    private final Grants grants;
    private final InstantSource time;
    private final DecisionTracer tracer;

    public AccessGate(Grants grants, InstantSource time) {
        this(grants, time, DecisionTracer.NONE);
    }

    /** @param witness is told how each decision came about */
    public AccessGate(Grants grants, InstantSource time, DecisionTracer witness) {
        this.grants = grants;
        this.time = time;
        this.tracer = witness;
    }

    /**
     * Decides on a request. What a repository's state or the site forbids is told only to who could otherwise do it.
     *
     * @throws LookupUnavailable if it could not be found out, or if the answer is a push or a refusal and rests on what was only
     *     remembered: who may read something now may have been let in since, and who could push may have been shut out
     */
    public Decision decide(CachedResult<RegisteredKey> key, GitCommand command) throws LookupUnavailable {
        Optional<Denied> bar = keyRefusal(key.value());
        if (bar.isPresent()) {
            return bar.get();
        }
        CachedResult<AccessFacts> findings = grants.find(PrincipalId.of(key.value()), command.repository());
        Decision decision = switch (findings.value()) {
            case AccessFacts.Unknown unknown -> {
                tracer.ruleTried(Rule.REPOSITORY_UNKNOWN, true, unknown);
                yield new Denied(Rule.REPOSITORY_UNKNOWN, "");
            }
            case AccessFacts.Known known -> decideOn(known, command);
        };
        if (key.freshness().and(findings.freshness()) == Freshness.STALE
                && (command.service().writes() || decision instanceof Denied)) {
            throw new LookupUnavailable("the decision %s on %s rests on what was remembered"
                    .formatted(decision.rule().label(), command.repository()));
        }
        return decision;
    }

    /** What stands against the key or its account, whatever is asked of it: empty if nothing does. Holds for a remembered key too. */
    public Optional<Denied> keyRefusal(RegisteredKey key) {
        return refusal(key.validity()).or(() -> switch (key.principal()) {
            case Principal.OfAccount(var account) -> refusal(account, Rule.ACCOUNT_SUSPENDED);
            case Principal.OfDeployKey _ -> Optional.empty();
        });
    }

    private Optional<Denied> refusal(KeyValidity validity) {
        if (validity instanceof KeyValidity.Revoked revoked) {
            tracer.ruleTried(Rule.KEY_REVOKED, true, revoked);
            return Optional.of(new Denied(Rule.KEY_REVOKED, revoked.reason()));
        }
        tracer.ruleTried(Rule.KEY_REVOKED, false, validity);
        boolean expired = validity instanceof KeyValidity.ValidUntil(var end)
                && !time.instant().isBefore(end);
        return tracer.trace(Rule.KEY_EXPIRED, expired, validity)
                ? Optional.of(new Denied(Rule.KEY_EXPIRED, ""))
                : Optional.empty();
    }

    private Optional<Denied> refusal(Account account, Rule rule) {
        boolean suspended = switch (account.status()) {
            case ACTIVE -> false;
            case SUSPENDED -> true;
        };
        return tracer.trace(rule, suspended, account)
                ? Optional.of(new Denied(rule, account.suspendedReason()))
                : Optional.empty();
    }

    private Decision decideOn(AccessFacts.Known known, GitCommand command) {
        tracer.ruleTried(Rule.REPOSITORY_UNKNOWN, false, known.repository());
        Optional<Rule> rule = known.rights().grantingRule(requiredRole(command.service()), known.repository(), tracer);
        if (rule.isEmpty()) {
            Rule missing = refusalForMissingRole(known);
            tracer.ruleTried(missing, true, known.rights());
            return new Denied(missing, "");
        }
        Optional<Denied> obstacle = refusalByState(known, command.service());
        return obstacle.isPresent()
                ? obstacle.get()
                : new Allowed(rule.get(), known.repository(), command.repository());
    }

    private static Role requiredRole(GitService service) {
        return service.writes() ? Role.WRITE : Role.READ;
    }

    private static Rule refusalForMissingRole(AccessFacts.Known known) {
        if (!known.isReadable()) {
            return Rule.NO_GRANT;
        }
        return switch (known.rights()) {
            case Rights.DeployKey _ -> Rule.DEPLOY_KEY_READ_ONLY;
            case Rights.Owner _, Rights.Granted _ -> Rule.NO_WRITE_GRANT;
        };
    }

    private Optional<Denied> refusalByState(AccessFacts.Known known, GitService service) {
        return refusalByState(known.owner())
                .or(() -> refusalByState(known.repository(), service))
                .or(() -> service.writes() ? refusalByState(known.siteMode()) : Optional.empty());
    }

    private Optional<Denied> refusalByState(Account owner) {
        return switch (owner.kind()) {
            case USER -> Optional.empty();
            case ORGANIZATION -> refusal(owner, Rule.ORGANIZATION_SUSPENDED);
        };
    }

    private Optional<Denied> refusalByState(Repository repository, GitService service) {
        Optional<Rule> rule = switch (repository.state()) {
            case ACTIVE -> Optional.empty();
            case DISABLED -> Optional.of(Rule.REPOSITORY_DISABLED);
            case ARCHIVED -> service.writes() ? Optional.of(Rule.REPOSITORY_ARCHIVED) : Optional.empty();
            case LOCKED -> service.writes() ? Optional.of(Rule.REPOSITORY_LOCKED) : Optional.empty();
        };
        trace(Rule.REPOSITORY_DISABLED, rule, repository);
        if (service.writes()) {
            trace(Rule.REPOSITORY_ARCHIVED, rule, repository);
            trace(Rule.REPOSITORY_LOCKED, rule, repository);
        }
        return rule.map(name -> new Denied(name, repository.stateReason()));
    }

    private void trace(Rule rule, Optional<Rule> applied, Repository repository) {
        tracer.ruleTried(rule, applied.isPresent() && applied.get() == rule, repository);
    }

    private Optional<Denied> refusalByState(SiteMode site) {
        boolean readOnly = site instanceof SiteMode.ReadOnly;
        tracer.ruleTried(Rule.SITE_READ_ONLY, readOnly, site);
        return switch (site) {
            case SiteMode.ReadWrite _ -> Optional.empty();
            case SiteMode.ReadOnly(var words) -> Optional.of(new Denied(Rule.SITE_READ_ONLY, words));
        };
    }
}
