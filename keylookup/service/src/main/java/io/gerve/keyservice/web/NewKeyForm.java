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
 * The fields of the form by which a key is added.
 *
 * @param mayPush whether a deploy key is to be allowed to
 */
record NewKeyForm(FormField key, FormField title, FormField expires, boolean mayPush) {
    static final NewKeyForm EMPTY = new NewKeyForm(
            FormField.empty(
                    "key",
                    "Public key",
                    "The one line of a file that ends in .pub, such as id_ed25519.pub. It begins with the key's type, such as ssh-ed25519."),
            FormField.empty(
                    "title",
                    "Title (optional)",
                    "By which you will know the key, such as “Laptop”. If you leave it empty, the key's own comment is taken."),
            FormField.empty(
                    "expires",
                    "Last day (optional)",
                    "The key works to the end of this day, UTC. If you leave it empty, it works for ever."),
            false);

    /** What came of reading them: the key, or the fields with what is wrong said. */
    sealed interface Outcome {}

    record Valid(NewKey key) implements Outcome {}

    record Invalid(NewKeyForm fields) implements Outcome {}

    static Outcome read(SubmittedForm form, KeyPolicy policy, ManagedKeys keyring, Instant now) {
        Reading<KeyLine> line = line(form.text("key"), policy);
        Reading<Instant> expiry = expiry(form.text("expires"), now);
        Optional<String> given = Optional.of(form.text("title")).filter(text -> !text.isEmpty());
        Reading<String> title =
                title(line.value().map(found -> found.titleOr(given)).orElse(given.orElse("-")));
        boolean mayPush = !form.text("push").isEmpty();
        DeployKeyAccess access = mayPush ? DeployKeyAccess.READ_WRITE : DeployKeyAccess.READ_ONLY;
        if (line.value().isPresent()
                && title.value().isPresent()
                && expiry.value().isPresent()) {
            return new Valid(new NewKey(
                    line.value().get().key(),
                    title.value().get(),
                    expiry.value().get(),
                    keyring.owner(access)));
        }
        return new Invalid(new NewKeyForm(
                // What is no public key may be a private one, and does not go over the net again.
                EMPTY.key.with(line.error().isEmpty() ? form.text("key") : "", line.error()),
                EMPTY.title.with(form.text("title"), title.error()),
                EMPTY.expires.with(form.text("expires"), expiry.error()),
                mayPush));
    }

    /** The same as was sent, where the register did not take the key. */
    static NewKeyForm refused(SubmittedForm form, String why) {
        return new NewKeyForm(
                EMPTY.key.with(form.text("key"), why),
                EMPTY.title.with(form.text("title"), ""),
                EMPTY.expires.with(form.text("expires"), ""),
                !form.text("push").isEmpty());
    }

    /** Those with which something is wrong. */
    List<FormField> wrong() {
        return Stream.of(key, title, expires).filter(FormField::isWrong).toList();
    }

    /** @param error empty if there is a value */
    private record Reading<T>(Optional<T> value, String error) {
        static <T> Reading<T> good(T value) {
            return new Reading<>(Optional.of(value), "");
        }

        static <T> Reading<T> bad(String error) {
            return new Reading<>(Optional.empty(), error);
        }
    }

    private static Reading<KeyLine> line(String text, KeyPolicy policy) {
        try {
            KeyLine line = KeyLine.parse(text);
            Optional<KeyIssue> refusal = policy.refusal(line.key());
            return refusal.isEmpty()
                    ? Reading.good(line)
                    : Reading.bad(refusal.get().message());
        } catch (InvalidKey e) {
            return Reading.bad(String.valueOf(e.getMessage()));
        }
    }

    private static Reading<String> title(String text) {
        try {
            NewKey.requireTitle(text);
            return Reading.good(text);
        } catch (IllegalArgumentException e) {
            return Reading.bad(sentence(e));
        }
    }

    private static Reading<Instant> expiry(String text, Instant now) {
        if (text.isEmpty()) {
            return Reading.good(Instant.MAX);
        }
        try {
            Instant end = LocalDate.parse(text).plusDays(1).atStartOfDay().toInstant(ZoneOffset.UTC);
            if (NewKey.canExpireAt(end, now)) {
                return Reading.good(end);
            }
        } catch (DateTimeException _) {
            // Said below.
        }
        return Reading.bad("The last day is today or a day to come, like 2030-01-31.");
    }

    static String sentence(IllegalArgumentException e) {
        String message = String.valueOf(e.getMessage());
        return Character.toUpperCase(message.charAt(0)) + message.substring(1) + ".";
    }
}
