package io.gerve.request;

import io.gerve.access.Repository;
import io.gerve.git.GitCommand;
import io.gerve.invalidation.Invalidation;
import io.gerve.keylookup.directory.Principal;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.routing.Route;
import java.util.function.Consumer;

/**
 * A git command that runs now.
 *
 * @param end ends it, telling its client why; from any thread, and more than once without harm
 */
public record LiveSession(
        RegisteredKey key, GitCommand command, Repository repository, Route route, Consumer<ClientMessage> end) {
    /** Whether the change may have taken the right to this command away, or the host that it must run on. */
    public boolean isAffectedBy(Invalidation change) {
        return switch (change.kind()) {
            case KEY, KEY_REVOKED -> change.subject().equals(key.fingerprint().text());
            case ACCOUNT -> isOf(change.subject()) || change.subject().equals(Long.toString(repository.ownerId()));
            case REPOSITORY -> change.subject().equals(Long.toString(repository.id()));
            case SITE -> true;
            case ROUTE ->
                isWrite()
                        && change.subject()
                                .equalsIgnoreCase(repository.name().owner().text());
            case SERVER -> isWrite() && change.subject().equalsIgnoreCase(route.server());
        };
    }

    /** What a write leaves behind on a host that is not the active one any more would be lost. */
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
