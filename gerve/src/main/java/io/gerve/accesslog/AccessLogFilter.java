package io.gerve.accesslog;

import io.gerve.keylookup.key.Fingerprint;
import java.time.Instant;
import java.util.List;

/** What records are looked for by. */
public sealed interface AccessLogFilter {
    record OfAccount(long id) implements AccessLogFilter {}

    record OfKey(Fingerprint fingerprint) implements AccessLogFilter {}

    /** @param names all that the repository has had, {@code owner/name} in lower case; at least one */
    record OfRepository(List<String> names) implements AccessLogFilter {
        public OfRepository {
            names = List.copyOf(names);
        }
    }

    /** @param text as the record has it, without a zone */
    record FromAddress(String text) implements AccessLogFilter {}

    /** @param word git's program, {@code whoami}, {@code explain} or {@code login} */
    record Verb(String word) implements AccessLogFilter {}

    record Since(Instant time) implements AccessLogFilter {}

    record Before(Instant time) implements AccessLogFilter {}

    /** What was not let do what it asked for. */
    record Refused() implements AccessLogFilter {
        static final List<String> DECISIONS = List.of("denied", "limited", "unavailable", "failed");
    }

    /** Whether it holds for a record, as the database would say. */
    default boolean holdsFor(AccessLogRecord record) {
        return switch (this) {
            case OfAccount(long id) -> record.client().accountId() == id;
            case OfKey(var fingerprint) -> record.client().key().equals(fingerprint.text());
            case OfRepository(var names) ->
                names.stream().anyMatch(record.request().repository()::equalsIgnoreCase);
            case FromAddress(var text) -> record.client().address().equals(text);
            case Verb(var word) -> record.request().command().equals(word);
            case Since(var time) -> !record.at().isBefore(time);
            case Before(var time) -> record.at().isBefore(time);
            case Refused _ -> Refused.DECISIONS.contains(record.decision().decision());
        };
    }
}
