package io.gerve.audit;

import io.gerve.sql.ChangeKind;
import java.time.Instant;

/**
 * A change of what decides about access, with whom and what it concerns by the names they have now; empty where it concerns none, a number
 * where what it concerned is gone.
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
