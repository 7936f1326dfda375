package io.gerve.accesslog;

import io.gerve.keylookup.key.Fingerprint;
import java.time.Instant;
import java.util.List;

/** A condition that records of the access log must meet. */
public sealed interface AccessLogFilter {
    record OfAccount(long id) implements AccessLogFilter {}

    record OfKey(Fingerprint fingerprint) implements AccessLogFilter {}

    /** @param names every name that the repository has had, as {@code owner/name} in lower case; at least one */
    record OfRepository(List<String> names) implements AccessLogFilter {
        public OfRepository {
            names = List.copyOf(names);
        }
    }

    /** @param text the address as the record has it, without a zone */
    record FromAddress(String text) implements AccessLogFilter {}

    /** @param command git's program, {@code whoami}, {@code explain} or {@code login} */
    record Verb(String command) implements AccessLogFilter {}

    record Since(Instant time) implements AccessLogFilter {}

    record Before(Instant time) implements AccessLogFilter {}

    /** Requests that did not get what they asked for. */
    record Refused() implements AccessLogFilter {
        static final List<RequestDecision> DECISIONS = List.of(
                RequestDecision.DENIED, RequestDecision.LIMITED, RequestDecision.UNAVAILABLE, RequestDecision.FAILED);
    }

    /** Returns whether the record meets this condition, with the same result as the database's query. */
    default boolean holdsFor(AccessLogRecord record) {
        return switch (this) {
            case OfAccount(long id) -> record.client().accountId() == id;
            case OfKey(var fingerprint) -> record.client().key().equals(fingerprint.text());
            case OfRepository(var names) ->
                names.stream().anyMatch(record.request().repository()::equalsIgnoreCase);
            case FromAddress(var text) -> record.client().address().equals(text);
            case Verb(var command) -> record.request().command().equals(command);
            case Since(var time) -> !record.at().isBefore(time);
            case Before(var time) -> record.at().isBefore(time);
            case Refused _ -> Refused.DECISIONS.contains(record.decision().decision());
        };
    }
}
