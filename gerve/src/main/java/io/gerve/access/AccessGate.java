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
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Access decision for one request: tries the rules of {@link Rule} in their order. Safe for use by many threads.
 *
 * <p>Suspending a user stops the user, not the user's repositories: other accounts go on working in them, as on GitHub
 * Enterprise Server. An operator disables a repository that must stop too. An organization does not log in, so
 * suspending an organization stops its repositories.
 */
public final class AccessGate {
    /** Rules that a push which began earlier need not meet. They are the last ones, so that none after them is missed. */
    private static final Set<Rule> IGNORED_BY_RUNNING_PUSHES =
            EnumSet.of(Rule.REPOSITORY_ARCHIVED, Rule.REPOSITORY_LOCKED, Rule.SITE_READ_ONLY);

    private final Grants grants;
    private final InstantSource time;
    private final DecisionTracer tracer;

    public AccessGate(Grants grants, InstantSource time) {
        this(grants, time, DecisionTracer.NONE);
    }

    /** @param tracer receives each rule that a decision tries */
    public AccessGate(Grants grants, InstantSource time, DecisionTracer tracer) {
        this.grants = grants;
        this.time = time;
        this.tracer = tracer;
    }

    /**
     * Decides whether the command may run. A refusal by the state of the repository or of the site is returned only to
     * a principal whose rights would otherwise suffice.
     *
     * @throws LookupUnavailable if a look-up failed, or if a push or a refusal would rest on a stale result: the
     *     principal may have gained read access, or lost write access, since the result was cached
     */
    public Decision decide(CachedResult<RegisteredKey> key, GitCommand command) throws LookupUnavailable {
        CachedResult<Decision> result = decide(key, command, Set.of());
        boolean mayBeStale = !command.service().writes() && result.value() instanceof Allowed;
        return mayBeStale ? result.value() : fresh(result, command);
    }

    /**
     * Decides whether a command that runs may go on. A push that began before its repository was archived or locked, or
     * before the site became read-only, may finish.
     *
     * @throws LookupUnavailable if a look-up failed, or if the decision would rest on a stale result
     */
    public Decision decideAgain(CachedResult<RegisteredKey> key, GitCommand command) throws LookupUnavailable {
        return fresh(decide(key, command, IGNORED_BY_RUNNING_PUSHES), command);
    }

    private static Decision fresh(CachedResult<Decision> result, GitCommand command) throws LookupUnavailable {
        if (result.freshness() == Freshness.STALE) {
            throw new LookupUnavailable("decision %s on %s would rest on a stale cached result"
                    .formatted(result.value().rule().label(), command.repository()));
        }
        return result.value();
    }

    private CachedResult<Decision> decide(CachedResult<RegisteredKey> key, GitCommand command, Set<Rule> ignored)
            throws LookupUnavailable {
        Optional<Denied> keyRefusal = keyRefusal(key.value());
        if (keyRefusal.isPresent()) {
            return CachedResult.fresh(keyRefusal.get());
        }
        CachedResult<AccessFacts> facts = grants.find(PrincipalId.of(key.value()), command.repository());
        Decision decision = switch (facts.value()) {
            case AccessFacts.Unknown unknown -> {
                tracer.ruleTried(Rule.REPOSITORY_UNKNOWN, true, unknown);
                yield new Denied(Rule.REPOSITORY_UNKNOWN, "");
            }
            case AccessFacts.Known known -> decideOn(known, command, ignored);
        };
        return new CachedResult<>(decision, key.freshness().and(facts.freshness()));
    }

    /**
     * Returns why the key or its account is refused whatever is requested, or empty if neither is. Also valid for a
     * stale key.
     */
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

    private Decision decideOn(AccessFacts.Known known, GitCommand command, Set<Rule> ignored) {
        tracer.ruleTried(Rule.REPOSITORY_UNKNOWN, false, known.repository());
        Optional<Rule> rule = known.rights().grantingRule(requiredRole(command.service()), known.repository(), tracer);
        if (rule.isEmpty()) {
            Rule missing = refusalForMissingRole(known);
            tracer.ruleTried(missing, true, known.rights());
            return new Denied(missing, "");
        }
        Optional<Denied> stateRefusal =
                refusalByState(known, command.service()).filter(denied -> !ignored.contains(denied.rule()));
        return stateRefusal.isPresent()
                ? stateRefusal.get()
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
            case SiteMode.ReadOnly(var message) -> Optional.of(new Denied(Rule.SITE_READ_ONLY, message));
        };
    }
}
