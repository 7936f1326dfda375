package io.gerve.audit.log;

import io.gerve.session.PushedRefs;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Refs of a push as text: a line for each, {@code before after result ref reason…}. */
final class RefsText {
    private RefsText() {}

    static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    static String lines(PushedRefs refs) {
        return refs.moves().stream().map(RefsText::line).collect(Collectors.joining("\n"));
    }

    static String line(PushedRefs.Move move) {
        String reason = move.reason().isEmpty() ? "" : " " + move.reason();
        return move.before() + " " + move.after() + " " + word(move.result()) + " " + move.ref() + reason;
    }

    /** @throws IllegalArgumentException if the texts are not of these forms */
    static PushedRefs parse(String known, String lines, int more) {
        List<PushedRefs.Move> moves = lines.isEmpty()
                ? List.of()
                : List.of(lines.split("\n", -1)).stream().map(RefsText::move).toList();
        return new PushedRefs(PushedRefs.Known.valueOf(known.toUpperCase(Locale.ROOT)), moves, more);
    }

    private static PushedRefs.Move move(String line) {
        String[] words = line.split(" ", 5);
        if (words.length < 4) {
            throw new IllegalArgumentException("no line of a ref");
        }
        return new PushedRefs.Move(
                words[3],
                words[0],
                words[1],
                PushedRefs.Result.valueOf(words[2].toUpperCase(Locale.ROOT)),
                words.length == 5 ? words[4] : "");
    }
}
