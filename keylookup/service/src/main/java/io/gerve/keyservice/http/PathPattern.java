package io.gerve.keyservice.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A path with places in it that the client fills.
 *
 * @param text with a name in braces, {@code /user/keys/{id}}, where any part may stand
 */
public record PathPattern(String text) {
    /** @return what stands in the places, by their names, or empty if this is not the path */
    public Optional<Map<String, String>> match(HttpRequest request) {
        List<String> pattern = List.of(text.substring(1).split("/", -1));
        if (pattern.size() != request.path().size()) {
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
