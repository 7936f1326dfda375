package io.gerve.request;

import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.lookup.LookupUnavailable;
import java.util.Optional;

/** Answers to self-service commands. Safe for use by many threads. */
@FunctionalInterface
public interface SelfServiceAnswers {
    /** Refuses all self-service commands, for a site with {@code audit.self_service} off. */
    SelfServiceAnswers DISABLED = (_, _) -> Optional.empty();

    /**
     * Answers the command for the principal of the key, about that key and its account only.
     *
     * @return text for standard output, with line ends; empty if self-service commands are disabled
     */
    Optional<String> answer(RegisteredKey key, SelfServiceCommand command) throws LookupUnavailable;
}
