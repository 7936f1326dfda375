package io.gerve.access;

import io.gerve.access.Decision.Allowed;
import io.gerve.access.Decision.Denied;
import io.gerve.git.GitCommand;
import io.gerve.git.Service;
import io.gerve.keylookup.key.Account;
import io.gerve.keylookup.key.KeyHolder;
import io.gerve.keylookup.key.KnownKey;
import io.gerve.keylookup.key.Validity;
import io.gerve.lookup.Answer;
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
    private final Witness witness;

    public AccessGate(Grants grants, InstantSource time) {
        this(grants, time, Witness.NONE);
    }

    /** @param witness is told how each decision came about */
    public AccessGate(Grants grants, InstantSource time, Witness witness) {
        this.grants = grants;
        this.time = time;
        this.witness = witness;
    }

    /**
     * Decides on a request. What a repository's state or the site forbids is told only to who could otherwise do it.
     *
     * @throws LookupUnavailable if it could not be found out, or if the answer is a push or a refusal and rests on what was only
     *     remembered: who may read something now may have been let in since, and who could push may have been shut out
     */
    public Decision decide(Answer<KnownKey> key, GitCommand command) throws LookupUnavailable {
        Optional<Denied> bar = barred(key.value());
        if (bar.isPresent()) {
            return bar.get();
        }
        Answer<Findings> findings = grants.find(Asker.of(key.value()), command.repository());
        Decision decision = switch (findings.value()) {
            case Findings.Unknown unknown -> {
                witness.tried(Rule.REPOSITORY_UNKNOWN, true, unknown);
                yield new Denied(Rule.REPOSITORY_UNKNOWN, "");
            }
            case Findings.Known known -> judge(known, command);
        };
        if (key.freshness().and(findings.freshness()) == Freshness.REMEMBERED
                && (command.service().writes() || decision instanceof Denied)) {
            throw new LookupUnavailable("the decision %s on %s rests on what was remembered"
                    .formatted(decision.rule().word(), command.repository()));
        }
        return decision;
    }

    /** What stands against the key or its account, whatever is asked of it: empty if nothing does. Holds for a remembered key too. */
    public Optional<Denied> barred(KnownKey key) {
        return refusal(key.validity()).or(() -> switch (key.holder()) {
            case KeyHolder.OfAccount(var account) -> refusal(account, Rule.ACCOUNT_SUSPENDED);
            case KeyHolder.Deploy _ -> Optional.empty();
        });
    }

    private Optional<Denied> refusal(Validity validity) {
        if (validity instanceof Validity.Revoked revoked) {
            witness.tried(Rule.KEY_REVOKED, true, revoked);
            return Optional.of(new Denied(Rule.KEY_REVOKED, revoked.reason()));
        }
        witness.tried(Rule.KEY_REVOKED, false, validity);
        boolean expired =
                validity instanceof Validity.Until(var end) && !time.instant().isBefore(end);
        return witness.tells(Rule.KEY_EXPIRED, expired, validity)
                ? Optional.of(new Denied(Rule.KEY_EXPIRED, ""))
                : Optional.empty();
    }

    private Optional<Denied> refusal(Account account, Rule rule) {
        boolean suspended = switch (account.standing()) {
            case ACTIVE -> false;
            case SUSPENDED -> true;
        };
        return witness.tells(rule, suspended, account)
                ? Optional.of(new Denied(rule, account.suspendedReason()))
                : Optional.empty();
    }

    private Decision judge(Findings.Known known, GitCommand command) {
        witness.tried(Rule.REPOSITORY_UNKNOWN, false, known.repository());
        Optional<Rule> rule = known.rights().ruleGiving(neededFor(command.service()), known.repository(), witness);
        if (rule.isEmpty()) {
            Rule missing = missing(known);
            witness.tried(missing, true, known.rights());
            return new Denied(missing, "");
        }
        Optional<Denied> obstacle = obstacle(known, command.service());
        return obstacle.isPresent()
                ? obstacle.get()
                : new Allowed(rule.get(), known.repository(), command.repository());
    }

    private static Role neededFor(Service service) {
        return service.writes() ? Role.WRITE : Role.READ;
    }

    private static Rule missing(Findings.Known known) {
        if (!known.isReadable()) {
            return Rule.NO_GRANT;
        }
        return switch (known.rights()) {
            case Rights.DeployKey _ -> Rule.DEPLOY_KEY_READ_ONLY;
            case Rights.Owner _, Rights.Granted _ -> Rule.NO_WRITE_GRANT;
        };
    }

    private Optional<Denied> obstacle(Findings.Known known, Service service) {
        return obstacle(known.owner())
                .or(() -> obstacle(known.repository(), service))
                .or(() -> service.writes() ? obstacle(known.site()) : Optional.empty());
    }

    private Optional<Denied> obstacle(Account owner) {
        return switch (owner.kind()) {
            case USER -> Optional.empty();
            case ORGANIZATION -> refusal(owner, Rule.ORGANIZATION_SUSPENDED);
        };
    }

    private Optional<Denied> obstacle(Repository repository, Service service) {
        Optional<Rule> rule = switch (repository.state()) {
            case ACTIVE -> Optional.empty();
            case DISABLED -> Optional.of(Rule.REPOSITORY_DISABLED);
            case ARCHIVED -> service.writes() ? Optional.of(Rule.REPOSITORY_ARCHIVED) : Optional.empty();
            case LOCKED -> service.writes() ? Optional.of(Rule.REPOSITORY_LOCKED) : Optional.empty();
        };
        tell(Rule.REPOSITORY_DISABLED, rule, repository);
        if (service.writes()) {
            tell(Rule.REPOSITORY_ARCHIVED, rule, repository);
            tell(Rule.REPOSITORY_LOCKED, rule, repository);
        }
        return rule.map(name -> new Denied(name, repository.stateReason()));
    }

    private void tell(Rule rule, Optional<Rule> applied, Repository repository) {
        witness.tried(rule, applied.isPresent() && applied.get() == rule, repository);
    }

    private Optional<Denied> obstacle(SiteSwitch site) {
        boolean readOnly = site instanceof SiteSwitch.ReadOnly;
        witness.tried(Rule.SITE_READ_ONLY, readOnly, site);
        return switch (site) {
            case SiteSwitch.ReadWrite _ -> Optional.empty();
            case SiteSwitch.ReadOnly(var words) -> Optional.of(new Denied(Rule.SITE_READ_ONLY, words));
        };
    }
}
