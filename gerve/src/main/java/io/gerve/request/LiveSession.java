package io.gerve.request;

import io.gerve.access.Repository;
import io.gerve.git.GitCommand;
import io.gerve.invalidation.Invalidation;
import io.gerve.keylookup.directory.KeyValidity;
import io.gerve.keylookup.directory.Principal;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.routing.Route;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * Git command that is running.
 *
 * @param end ends the command and sends the client the message; may be called from any thread and more than once
 */
public record LiveSession(
        RegisteredKey key, GitCommand command, Repository repository, Route route, Consumer<ClientMessage> end) {
    private static final Duration NEVER = Duration.ofDays(365);

    /** Returns whether the change may revoke the right to this command, or move it to another host. */
    public boolean isAffectedBy(Invalidation invalidation) {
        return switch (invalidation.kind()) {
            case KEY -> invalidation.subject().equals(key.fingerprint().text());
            case ACCOUNT ->
                isOf(invalidation.subject()) || invalidation.subject().equals(Long.toString(repository.ownerId()));
            case REPOSITORY -> invalidation.subject().equals(Long.toString(repository.id()));
            case SITE -> true;
            case ROUTE ->
                isWrite()
                        && invalidation
                                .subject()
                                .equalsIgnoreCase(repository.name().owner().text());
            case SERVER -> isWrite() && invalidation.subject().equalsIgnoreCase(route.server());
        };
    }

    /** Returns the time until the key of the command expires; zero if it has expired, very long if it never does. */
    public Duration untilExpiry(Instant now) {
        return switch (key.validity()) {
            case KeyValidity.ValidUntil(Instant end) when end.equals(Instant.MAX) -> NEVER;
            case KeyValidity.ValidUntil(Instant end) -> end.isAfter(now) ? Duration.between(now, end) : Duration.ZERO;
            case KeyValidity.Revoked _ -> Duration.ZERO;
        };
    }

    /** Returns whether the command writes. A write to a host that is no longer active would be lost. */
    public boolean isWrite() {
        return command.service().writes();
    }

    private boolean isOf(String accountId) {
        return switch (key.principal()) {
            case Principal.OfAccount(var account) -> accountId.equals(Long.toString(account.id()));
            case Principal.OfDeployKey _ -> false;
        };
    }
}
