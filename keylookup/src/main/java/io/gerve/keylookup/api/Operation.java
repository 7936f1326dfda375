package io.gerve.keylookup.api;

import io.gerve.keylookup.http.PathPattern;
import io.gerve.keylookup.http.Reply;
import io.gerve.keylookup.http.Request;
import io.gerve.keylookup.token.Scope;
import io.gerve.lookup.LookupUnavailable;
import java.util.Map;
import java.util.Optional;

/**
 * One thing that can be asked of the service.
 *
 * @param path with a name in braces, {@code /user/keys/{id}}, where any part may stand
 */
record Operation(String method, String path, Access access, Handler handler) {
    /** Who may ask. */
    sealed interface Access {}

    record Anybody() implements Access {}

    record Holders(Scope scope) implements Access {}

    /** Who looks after the program, as often as they like: a balancer asks every few seconds. */
    record Attendant() implements Access {}

    /** Any token will do: it is about whose it is. */
    record AnyToken() implements Access {}

    @FunctionalInterface
    interface Handler {
        Reply reply(Call call) throws Refusal, LookupUnavailable;
    }

    /** @param parts what stands in the path's places, by their names */
    record Call(Request request, Caller caller, Map<String, String> parts) {
        Call {
            parts = Map.copyOf(parts);
        }

        /** Who asks, where {@link Operation#access} lets nobody else ask. */
        Caller.Person person() throws Refusal {
            return switch (caller) {
                case Caller.Person person -> person;
                case Caller.Anonymous _ -> throw Refusal.authenticationMissing();
            };
        }

        String part(String name) {
            return parts.getOrDefault(name, "");
        }

        /** @throws Refusal if it is no number, so that nothing has it */
        long id() throws Refusal {
            String text = part("id");
            if (!text.matches("[0-9]{1,18}")) {
                throw Refusal.notFound();
            }
            return Long.parseLong(text);
        }
    }

    /** @return the parts of the path that are the client's to choose, or empty if this is not what it asks for */
    Optional<Map<String, String>> match(Request request) {
        // Whoever asks for the headers alone is answered as if they asked for all, and gets the headers.
        String asked = request.method().equals("HEAD") ? "GET" : request.method();
        return asked.equals(method) ? new PathPattern(path).match(request) : Optional.empty();
    }
}
