package io.gerve.explain;

import io.gerve.access.AccessFacts;
import io.gerve.access.Repository;
import io.gerve.access.Rights;
import io.gerve.access.Role;
import io.gerve.access.Rule;
import io.gerve.access.SiteMode;
import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.KeyValidity;
import java.time.Instant;
import java.util.Locale;

/** Description, for operators, of the fact that a rule examined. */
final class FactDescription {
    private FactDescription() {}

    static String text(Object fact, Rule rule) {
        return switch (fact) {
            case KeyValidity.Revoked revoked -> "revoked on " + revoked.at() + withReason(revoked.reason());
            case KeyValidity.ValidUntil(Instant end) -> validity(end, rule);
            case Account account ->
                account.login() + " is " + spelling(account.status()) + withReason(account.suspendedReason());
            case AccessFacts.Unknown _ -> "no repository has or had that name";
            case Repository repository -> text(repository, rule);
            case Rights.Owner _ -> "the account owns it";
            case Rights.Granted _ ->
                rule == Rule.OWNER ? "it belongs to another account" : "no earlier rule granted it";
            case Rights.DeployKey key -> "the deploy key has " + spelling(key.role());
            case Role role -> "has " + spelling(role);
            case Rights.Membership membership -> membership(membership);
            case Repository.Visibility visibility -> "it is " + spelling(visibility);
            case SiteMode.ReadWrite _ -> "the site takes pushes";
            case SiteMode.ReadOnly(String reason) -> "the site refuses pushes" + withReason(reason);
            default -> String.valueOf(fact);
        };
    }

    private static String validity(Instant end, Rule rule) {
        if (rule == Rule.KEY_REVOKED) {
            return "not revoked";
        }
        return end.equals(Instant.MAX) ? "never expires" : "expires on " + end;
    }

    private static String text(Repository repository, Rule rule) {
        if (rule != Rule.REPOSITORY_UNKNOWN) {
            return "it is " + spelling(repository.state()) + withReason(repository.stateReason());
        }
        return "%s, number %d, %s, of the %s %s"
                .formatted(
                        repository.name(),
                        repository.id(),
                        spelling(repository.visibility()),
                        spelling(repository.ownerKind()),
                        repository.name().owner());
    }

    private static String membership(Rights.Membership membership) {
        return switch (membership) {
            case NONE -> "not a member of the organization that owns it";
            case MEMBER -> "a member, not an owner, of the organization that owns it";
            case OWNER -> "an owner of the organization that owns it";
        };
    }

    private static String withReason(String reason) {
        return reason.isBlank() ? "" : ": " + reason;
    }

    private static String spelling(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
