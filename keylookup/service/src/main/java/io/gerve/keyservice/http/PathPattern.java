package io.gerve.keyservice.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Path with parameters.
 *
 * @param text the path, with a name in braces for each parameter: {@code /user/keys/{id}}. Fixed text may follow the
 *     braces in a segment
 */
public record PathPattern(String text) {
    /** Returns the values of the parameters by name, or empty if the request has another path. */
    public Optional<Map<String, String>> match(HttpRequest request) {
        List<String> pattern = List.of(text.substring(1).split("/", -1));
        if (pattern.size() != request.path().size()) {
            return Optional.empty();
        }
        Map<String, String> parameters = new HashMap<>();
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
            parameters.put(
                    pattern.get(i).substring(open + 1, pattern.get(i).indexOf('}')),
                    actual.substring(0, actual.length() - end.length()));
        }
        return Optional.of(parameters);
    }
}
