package io.gerve.session;

import io.gerve.keylookup.key.KnownKey;
import io.gerve.lookup.LookupUnavailable;
import java.util.Optional;

/** Answers what people ask about themselves. Safe for use by many threads. */
@FunctionalInterface
public interface OwnAnswers {
    /** For a site that does not want such questions: they are no commands. */
    OwnAnswers OFF = (_, _) -> Optional.empty();

    /**
     * Answers who signed in with the key, about that key and its account alone.
     *
     * @return text for the standard output, its lines with their ends; empty if such questions are not answered here
     */
    Optional<String> answer(KnownKey asker, OwnQuestion question) throws LookupUnavailable;
}
