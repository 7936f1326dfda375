package io.gerve.keylookup.web;

import io.gerve.keylookup.http.Request;
import java.util.Map;

/**
 * One request of a visitor to one page.
 *
 * @param parts what stands in the path's places, by their names
 * @param form empty unless one was sent
 */
record Visit(Request request, Map<String, String> parts, Visitor visitor, Form form) {
    Visit {
        parts = Map.copyOf(parts);
    }

    /** Who visits, where {@link Route#access} lets nobody else in. */
    Visitor.Member member() throws Problem {
        return switch (visitor) {
            case Visitor.Member member -> member;
            case Visitor.Stranger _ -> throw Problem.forbidden("Please sign in first.");
        };
    }

    String part(String name) {
        return parts.getOrDefault(name, "");
    }

    /** @throws Problem if it is no number, so that nothing has it */
    long id() throws Problem {
        String text = part("id");
        if (!text.matches("[0-9]{1,18}")) {
            throw Problem.notFound();
        }
        return Long.parseLong(text);
    }
}
