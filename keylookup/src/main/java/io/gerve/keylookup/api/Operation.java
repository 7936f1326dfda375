package io.gerve.keylookup.api;

import io.gerve.keylookup.token.Scope;
import io.gerve.lookup.LookupUnavailable;
import java.util.HashMap;
import java.util.List;
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
        List<String> pattern = List.of(path.substring(1).split("/", -1));
        // Whoever asks for the headers alone is answered as if they asked for all, and gets the headers.
        String asked = request.method().equals("HEAD") ? "GET" : request.method();
        if (!asked.equals(method) || pattern.size() != request.path().size()) {
            return Optional.empty();
        }
        Map<String, String> parts = new HashMap<>();
        for (int i = 0; i < pattern.size(); i++) {
            String actual = request.path().get(i);
            int open = pattern.get(i).indexOf('{');
            if (open < 0) {
                if (!actual.equals(pattern.get(i))) {
                    return Optional.empty();
                }
                continue;
            }
            String end = pattern.get(i).substring(pattern.get(i).indexOf('}') + 1);
            if (!actual.endsWith(end) || actual.length() == end.length()) {
                return Optional.empty();
            }
            parts.put(
                    pattern.get(i).substring(open + 1, pattern.get(i).indexOf('}')),
                    actual.substring(0, actual.length() - end.length()));
        }
        return Optional.of(parts);
    }
}
