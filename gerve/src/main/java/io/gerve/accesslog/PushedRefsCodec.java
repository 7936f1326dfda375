package io.gerve.accesslog;

import io.gerve.push.PushedRefs;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Refs of a push as text: a line for each, {@code before after result ref reason…}. */
final class PushedRefsCodec {
    private PushedRefsCodec() {}

    static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    static String lines(PushedRefs refs) {
        return refs.updates().stream().map(PushedRefsCodec::line).collect(Collectors.joining("\n"));
    }

    static String line(PushedRefs.RefUpdate move) {
        String reason = move.reason().isEmpty() ? "" : " " + move.reason();
        return move.before() + " " + move.after() + " " + word(move.result()) + " " + move.ref() + reason;
    }

    /** @throws IllegalArgumentException if the texts are not of these forms */
    static PushedRefs parse(String known, String lines, int more) {
        List<PushedRefs.RefUpdate> moves = lines.isEmpty()
                ? List.of()
                : List.of(lines.split("\n", -1)).stream()
                        .map(PushedRefsCodec::move)
                        .toList();
        return new PushedRefs(PushedRefs.Source.valueOf(known.toUpperCase(Locale.ROOT)), moves, more);
    }

    private static PushedRefs.RefUpdate move(String line) {
        String[] words = line.split(" ", 5);
        if (words.length < 4) {
            throw new IllegalArgumentException("no line of a ref");
        }
        return new PushedRefs.RefUpdate(
                words[3],
                words[0],
                words[1],
                PushedRefs.Result.valueOf(words[2].toUpperCase(Locale.ROOT)),
                words.length == 5 ? words[4] : "");
    }
}
