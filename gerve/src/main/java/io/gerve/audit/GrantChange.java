package io.gerve.audit;

import io.gerve.sql.ChangeKind;
import java.time.Instant;

/**
 * A recorded change of a fact that decides about access. Its subjects have their current names; a name is empty if the
 * change has no such subject, and an id if the subject no longer exists.
 *
 * @param program {@code cli}, {@code api}, …
 */
public record GrantChange(
        long id,
        Instant at,
        String actor,
        String program,
        ChangeKind kind,
        String account,
        String repository,
        String team,
        String organization,
        String key,
        String before,
        String after) {}
