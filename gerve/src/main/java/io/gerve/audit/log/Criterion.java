package io.gerve.audit.log;

import io.gerve.keylookup.key.Fingerprint;
import io.gerve.session.SessionRecord;
import java.time.Instant;
import java.util.List;

/** What records are looked for by. */
public sealed interface Criterion {
    record OfAccount(long id) implements Criterion {}

    record OfKey(Fingerprint fingerprint) implements Criterion {}

    /** @param names all that the repository has had, {@code owner/name} in lower case; at least one */
    record OfRepository(List<String> names) implements Criterion {
        public OfRepository {
            names = List.copyOf(names);
        }
    }

    /** @param text as the record has it, without a zone */
    record FromAddress(String text) implements Criterion {}

    /** @param word git's program, {@code whoami}, {@code explain} or {@code login} */
    record Verb(String word) implements Criterion {}

    record Since(Instant time) implements Criterion {}

    record Before(Instant time) implements Criterion {}

    /** What was not let do what it asked for. */
    record Refused() implements Criterion {
        static final List<String> DECISIONS = List.of("denied", "limited", "unavailable", "failed");
    }

    /** Whether it holds for a record, as the database would say. */
    default boolean holdsFor(SessionRecord record) {
        return switch (this) {
            case OfAccount(long id) -> record.from().accountId() == id;
            case OfKey(var fingerprint) -> record.from().key().equals(fingerprint.text());
            case OfRepository(var names) ->
                names.stream().anyMatch(record.asked().repository()::equalsIgnoreCase);
            case FromAddress(var text) -> record.from().address().equals(text);
            case Verb(var word) -> record.asked().verb().equals(word);
            case Since(var time) -> !record.at().isBefore(time);
            case Before(var time) -> record.at().isBefore(time);
            case Refused _ -> Refused.DECISIONS.contains(record.ruling().decision());
        };
    }
}
