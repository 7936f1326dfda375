package io.gerve.session;

import io.gerve.access.Repository;
import io.gerve.chimney.Route;
import io.gerve.git.GitCommand;
import io.gerve.keylookup.key.KeyHolder;
import io.gerve.keylookup.key.KnownKey;
import io.gerve.lookup.Change;
import java.util.function.Consumer;

/**
 * A git command that runs now.
 *
 * @param end ends it, telling its client why; from any thread, and more than once without harm
 */
record LiveSession(KnownKey key, GitCommand command, Repository repository, Route route, Consumer<ClientMessage> end) {
    /** Whether the change may have taken the right to this command away, or the host that it must run on. */
    boolean isConcernedBy(Change change) {
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
    boolean isWrite() {
        return command.service().writes();
    }

    private boolean isOf(String accountId) {
        return switch (key.holder()) {
            case KeyHolder.OfAccount(var account) -> accountId.equals(Long.toString(account.id()));
            case KeyHolder.Deploy _ -> false;
        };
    }
}
