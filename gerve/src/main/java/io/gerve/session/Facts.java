package io.gerve.session;

import io.gerve.access.Findings;
import io.gerve.access.Repository;
import io.gerve.access.Rights;
import io.gerve.access.Role;
import io.gerve.access.Rule;
import io.gerve.access.SiteSwitch;
import io.gerve.keylookup.key.Account;
import io.gerve.keylookup.key.Validity;
import java.time.Instant;
import java.util.Locale;

/** What a rule looked at, in words for an operator. */
final class Facts {
    private Facts() {}

    static String text(Object fact, Rule rule) {
        return switch (fact) {
            case Validity.Revoked revoked -> "revoked on " + revoked.at() + because(revoked.reason());
            case Validity.Until(Instant end) -> validity(end, rule);
            case Account account ->
                account.login() + " is " + word(account.standing()) + because(account.suspendedReason());
            case Findings.Unknown _ -> "no repository has that name, or had it";
            case Repository repository -> text(repository, rule);
            case Rights.Owner _ -> "it is the account's own";
            case Rights.Granted _ -> rule == Rule.OWNER ? "it belongs to another account" : "no rule before gave it";
            case Rights.DeployKey key -> "the deploy key has " + word(key.role());
            case Role role -> "has " + word(role);
            case Rights.Membership membership -> membership(membership);
            case Repository.Visibility visibility -> "it is " + word(visibility);
            case SiteSwitch.ReadWrite _ -> "the site takes pushes";
            case SiteSwitch.ReadOnly(String words) -> "the site takes no pushes" + because(words);
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
            return "it is " + word(repository.state()) + because(repository.stateReason());
        }
        return "%s, number %d, %s, of the %s %s"
                .formatted(
                        repository.name(),
                        repository.id(),
                        word(repository.visibility()),
                        word(repository.ownerKind()),
                        repository.name().owner());
    }

    private static String membership(Rights.Membership membership) {
        return switch (membership) {
            case NONE -> "not a member of an organization that owns it";
            case MEMBER -> "a member, no owner, of the organization that owns it";
            case OWNER -> "an owner of the organization that owns it";
        };
    }

    private static String because(String words) {
        return words.isBlank() ? "" : ": " + words;
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
