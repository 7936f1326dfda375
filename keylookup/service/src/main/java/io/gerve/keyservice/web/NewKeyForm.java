package io.gerve.keyservice.web;

import io.gerve.keylookup.directory.DeployKeyAccess;
import io.gerve.keylookup.key.InvalidKey;
import io.gerve.keylookup.key.KeyLine;
import io.gerve.keylookup.policy.KeyIssue;
import io.gerve.keylookup.policy.KeyPolicy;
import io.gerve.keylookup.store.NewKey;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Form that adds a key.
 *
 * @param mayPush whether to allow a deploy key to push
 */
record NewKeyForm(FormField key, FormField title, FormField expires, boolean mayPush) {
    static final NewKeyForm EMPTY = new NewKeyForm(
            FormField.empty(
                    "key",
                    "Public key",
                    "The single line of a file that ends in .pub, such as id_ed25519.pub. It begins with the key type, such as"
                            + " ssh-ed25519."),
            FormField.empty(
                    "title",
                    "Title (optional)",
                    "A name for the key, such as “Laptop”. If empty, the comment of the key is used."),
            FormField.empty(
                    "expires",
                    "Last day (optional)",
                    "The key works until the end of this day, UTC. If empty, the key does not expire."),
            false);

    /** Result of reading the form: the key, or the form with error messages. */
    sealed interface Outcome {}

    record Valid(NewKey key) implements Outcome {}

    record Invalid(NewKeyForm fields) implements Outcome {}

    static Outcome read(SubmittedForm form, KeyPolicy policy, ManagedKeys managedKeys, Instant now) {
        FieldResult<KeyLine> line = line(form.text("key"), policy);
        FieldResult<Instant> expiry = expiry(form.text("expires"), now);
        Optional<String> entered = Optional.of(form.text("title")).filter(text -> !text.isEmpty());
        FieldResult<String> title =
                title(line.value().map(found -> found.titleOr(entered)).orElse(entered.orElse("-")));
        boolean mayPush = !form.text("push").isEmpty();
        DeployKeyAccess access = mayPush ? DeployKeyAccess.READ_WRITE : DeployKeyAccess.READ_ONLY;
        if (line.value().isPresent()
                && title.value().isPresent()
                && expiry.value().isPresent()) {
            return new Valid(new NewKey(
                    line.value().get().key(),
                    title.value().get(),
                    expiry.value().get(),
                    managedKeys.owner(access)));
        }
        return new Invalid(new NewKeyForm(
                // An invalid public key may be a private key, and must not be sent back.
                EMPTY.key.with(line.error().isEmpty() ? form.text("key") : "", line.error()),
                EMPTY.title.with(form.text("title"), title.error()),
                EMPTY.expires.with(form.text("expires"), expiry.error()),
                mayPush));
    }

    /** Returns the submitted form with an error message at the key, which the key store did not accept. */
    static NewKeyForm refused(SubmittedForm form, String error) {
        return new NewKeyForm(
                EMPTY.key.with(form.text("key"), error),
                EMPTY.title.with(form.text("title"), ""),
                EMPTY.expires.with(form.text("expires"), ""),
                !form.text("push").isEmpty());
    }

    /** Returns the fields that have an error message. */
    List<FormField> invalidFields() {
        return Stream.of(key, title, expires).filter(FormField::hasError).toList();
    }

    /**
     * Result of reading one field.
     *
     * @param error the error message, empty if there is a value
     */
    private record FieldResult<T>(Optional<T> value, String error) {
        static <T> FieldResult<T> valid(T value) {
            return new FieldResult<>(Optional.of(value), "");
        }

        static <T> FieldResult<T> invalid(String error) {
            return new FieldResult<>(Optional.empty(), error);
        }
    }

    private static FieldResult<KeyLine> line(String text, KeyPolicy policy) {
        try {
            KeyLine line = KeyLine.parse(text);
            Optional<KeyIssue> refusal = policy.refusal(line.key());
            return refusal.isEmpty()
                    ? FieldResult.valid(line)
                    : FieldResult.invalid(refusal.get().message());
        } catch (InvalidKey e) {
            return FieldResult.invalid(String.valueOf(e.getMessage()));
        }
    }

    private static FieldResult<String> title(String text) {
        try {
            NewKey.requireTitle(text);
            return FieldResult.valid(text);
        } catch (IllegalArgumentException e) {
            return FieldResult.invalid(toSentence(e));
        }
    }

    private static FieldResult<Instant> expiry(String text, Instant now) {
        if (text.isEmpty()) {
            return FieldResult.valid(Instant.MAX);
        }
        try {
            Instant end = LocalDate.parse(text).plusDays(1).atStartOfDay().toInstant(ZoneOffset.UTC);
            if (NewKey.canExpireAt(end, now)) {
                return FieldResult.valid(end);
            }
        } catch (DateTimeException _) {
            // Reported below.
        }
        return FieldResult.invalid("The last day must be today or later, such as 2030-01-31.");
    }

    /** Returns the message of the exception as a sentence. */
    static String toSentence(IllegalArgumentException e) {
        String message = String.valueOf(e.getMessage());
        return Character.toUpperCase(message.charAt(0)) + message.substring(1) + ".";
    }
}
