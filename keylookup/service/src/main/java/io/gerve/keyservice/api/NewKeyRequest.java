package io.gerve.keyservice.api;

import io.gerve.keylookup.key.InvalidKey;
import io.gerve.keylookup.key.KeyLine;
import io.gerve.keylookup.policy.KeyIssue;
import io.gerve.keylookup.policy.KeyPolicy;
import io.gerve.keylookup.store.NewKey;
import io.gerve.keyservice.http.HttpRequest;
import io.gerve.keyservice.http.MalformedRequest;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Request to add a key, with the fields {@code key}, {@code title}, {@code read_only} and {@code expires_at}. GitHub
 * does not have the last one.
 */
final class NewKeyRequest {
    /** Rejects duplicate names: a proxy and Gerve could read different values. */
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final String resource;
    private final JsonNode body;

    private NewKeyRequest(String resource, JsonNode body) {
        this.resource = resource;
        this.body = body;
    }

    /**
     * Parses the body of the request.
     *
     * @param resource GitHub's name of the object to create, for error messages
     */
    static NewKeyRequest read(HttpRequest request, String resource) throws ApiError {
        try {
            JsonNode body = MAPPER.readTree(request.body().bytes());
            if (body != null && body.isObject()) {
                return new NewKeyRequest(resource, body);
            }
        } catch (MalformedRequest e) {
            throw ApiError.malformed(e);
        } catch (JacksonException _) {
            // Not logged: the exception quotes the body, which may be a private key that was sent by mistake.
        }
        throw ApiError.badRequest("Problems parsing JSON");
    }

    /** Returns whether a deploy key is limited to reading. Default: false, as on GitHub. */
    boolean isReadOnly() throws ApiError {
        JsonNode value = body.path("read_only");
        if (value.isMissingNode() || value.isNull()) {
            return false;
        }
        if (!value.isBoolean()) {
            throw invalid("read_only", "invalid", "read_only must be true or false");
        }
        return value.booleanValue();
    }

    /**
     * Returns the key to add.
     *
     * @throws ApiError if a field is invalid or the policy refuses the key; it names the field and the reason
     */
    NewKey key(KeyPolicy policy, Instant now, NewKey.Owner owner) throws ApiError {
        KeyLine line = line();
        Optional<KeyIssue> refusal = policy.refusal(line.key());
        if (refusal.isPresent()) {
            throw invalid("key", "custom", refusal.get().message());
        }
        Instant expiry = expiry(now);
        try {
            return new NewKey(line.key(), line.titleOr(text("title")), expiry, owner);
        } catch (IllegalArgumentException e) {
            throw invalid("title", "custom", String.valueOf(e.getMessage()));
        }
    }

    /** @param isOwn whether the account or the repository itself has the key */
    ApiError inUse(boolean isOwn) {
        return invalid("key", "custom", isOwn ? "key is already in use, and it is yours" : "key is already in use");
    }

    /** @param max keys that an account or a repository can have */
    ApiError tooMany(int max) {
        return invalid(
                "key", "custom", "there are already " + max + " keys, and no more are possible; delete one first");
    }

    private KeyLine line() throws ApiError {
        String text = text("key").orElseThrow(() -> invalid("key", "missing_field", "key is missing"));
        try {
            return KeyLine.parse(text);
        } catch (InvalidKey e) {
            throw invalid("key", "custom", "key is invalid. " + e.getMessage());
        }
    }

    private Instant expiry(Instant now) throws ApiError {
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
            // Reported below.
        }
        throw invalid("expires_at", "invalid", "expires_at must be a time in the future, such as 2030-01-31T00:00:00Z");
    }

    private Optional<String> text(String name) throws ApiError {
        JsonNode value = body.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isString()) {
            throw invalid(name, "invalid", name + " must be a string");
        }
        return Optional.of(value.stringValue());
    }

    private ApiError invalid(String field, String code, String message) {
        return ApiError.invalid(new ApiError.FieldError(resource, field, code, message));
    }
}
