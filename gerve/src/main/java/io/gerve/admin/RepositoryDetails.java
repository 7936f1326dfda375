package io.gerve.admin;

import io.gerve.access.Repository.State;
import io.gerve.access.Repository.Visibility;
import io.gerve.git.RepositoryName;
import java.time.Instant;

/**
 * A repository as operators see it.
 *
 * @param stateReason the operator's message; empty if none was given
 */
public record RepositoryDetails(
        long id, RepositoryName name, Visibility visibility, State state, String stateReason, Instant created) {}
