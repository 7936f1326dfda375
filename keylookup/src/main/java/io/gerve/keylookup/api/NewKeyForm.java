package io.gerve.keylookup.api;

import io.gerve.keylookup.http.Malformed;
import io.gerve.keylookup.http.Request;
import io.gerve.keylookup.key.InvalidKey;
import io.gerve.keylookup.key.KeyFinding;
import io.gerve.keylookup.key.KeyLine;
import io.gerve.keylookup.key.KeyPolicy;
import io.gerve.keylookup.key.NewKey;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A key as a client sends it to be registered: {@code key}, {@code title}, {@code read_only} and, beyond GitHub, {@code expires_at}. */
final class NewKeyForm {
    /** Two values under one name are two readings of what was asked. */
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final String resource;
    private final JsonNode body;

    private NewKeyForm(String resource, JsonNode body) {
        this.resource = resource;
        this.body = body;
    }

    /** @param resource GitHub's name for what is made, for the errors */
    static NewKeyForm read(Request request, String resource) throws Refusal {
        try {
            JsonNode body = MAPPER.readTree(request.body().bytes());
            if (body != null && body.isObject()) {
                return new NewKeyForm(resource, body);
            }
        } catch (Malformed e) {
            throw Refusal.malformed(e);
        } catch (JacksonException _) {
            // What it holds may be a secret that was sent by mistake, and is in the exception.
        }
        throw Refusal.badRequest("Problems parsing JSON");
    }

    /** @return whether a deploy key may only read; if nothing is said it may write, as on GitHub */
    boolean isReadOnly() throws Refusal {
        JsonNode value = body.path("read_only");
        if (value.isMissingNode() || value.isNull()) {
            return false;
        }
        if (!value.isBoolean()) {
            throw invalid("read_only", "invalid", "read_only is true or false");
        }
        return value.booleanValue();
    }

    /** @throws Refusal if it may not be registered, with the reason beside the field */
    NewKey key(KeyPolicy policy, Instant now, NewKey.Holder holder) throws Refusal {
        KeyLine line = line();
        Optional<KeyFinding> refusal = policy.refusal(line.key());
        if (refusal.isPresent()) {
            throw invalid("key", "custom", refusal.get().sentence());
        }
        Instant expiry = expiry(now);
        try {
            return new NewKey(line.key(), line.titleOr(text("title")), expiry, holder);
        } catch (IllegalArgumentException e) {
            throw invalid("title", "custom", String.valueOf(e.getMessage()));
        }
    }

    Refusal inUse() {
        return invalid("key", "custom", "key is already in use");
    }

    private KeyLine line() throws Refusal {
        String text = text("key").orElseThrow(() -> invalid("key", "missing_field", "key is missing"));
        try {
            return KeyLine.parse(text);
        } catch (InvalidKey e) {
            throw invalid("key", "custom", "key is invalid. " + e.getMessage());
        }
    }

    private Instant expiry(Instant now) throws Refusal {
        Optional<String> text = text("expires_at");
        if (text.isEmpty()) {
            return Instant.MAX;
        }
        try {
            Instant expiry = OffsetDateTime.parse(text.get()).toInstant();
            if (NewKey.canExpireAt(expiry, now)) {
                return expiry;
            }
        } catch (DateTimeException _) {
            // Said below.
        }
        throw invalid("expires_at", "invalid", "expires_at is a time to come, like 2030-01-31T00:00:00Z");
    }

    private Optional<String> text(String name) throws Refusal {
        JsonNode value = body.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isString()) {
            throw invalid(name, "invalid", name + " is a text");
        }
        return Optional.of(value.stringValue());
    }

    private Refusal invalid(String field, String code, String message) {
        return Refusal.invalid(new Refusal.FieldError(resource, field, code, message));
    }
}
