package io.gerve.request;

import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.lookup.LookupUnavailable;
import java.util.Optional;

/** Answers what people ask about themselves. Safe for use by many threads. */
@FunctionalInterface
public interface SelfServiceAnswers {
    /** For a site that does not want such questions: they are no commands. */
    SelfServiceAnswers DISABLED = (_, _) -> Optional.empty();

    /**
     * Answers who signed in with the key, about that key and its account alone.
     *
     * @return text for the standard output, its lines with their ends; empty if such questions are not answered here
     */
    Optional<String> answer(RegisteredKey asker, SelfServiceCommand question) throws LookupUnavailable;
}
