package io.gerve.accesslog;

import io.gerve.push.PushedRefs;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Encoding of the refs of a push as text: one line for each ref, {@code before after result ref reason…}. */
final class PushedRefsCodec {
    private PushedRefsCodec() {}

    static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    static String lines(PushedRefs refs) {
        return refs.updates().stream().map(PushedRefsCodec::line).collect(Collectors.joining("\n"));
    }

    static String line(PushedRefs.RefUpdate update) {
        String reason = update.reason().isEmpty() ? "" : " " + update.reason();
        return update.before() + " " + update.after() + " " + word(update.result()) + " " + update.ref() + reason;
    }

    /**
     * Parses the encoding.
     *
     * @throws IllegalArgumentException if a text does not have this form
     */
    static PushedRefs parse(String source, String lines, int omitted) {
        List<PushedRefs.RefUpdate> updates = lines.isEmpty()
                ? List.of()
                : List.of(lines.split("\n", -1)).stream()
                        .map(PushedRefsCodec::parseLine)
                        .toList();
        return new PushedRefs(PushedRefs.Source.valueOf(source.toUpperCase(Locale.ROOT)), updates, omitted);
    }

    private static PushedRefs.RefUpdate parseLine(String line) {
        String[] fields = line.split(" ", 5);
        if (fields.length < 4) {
            throw new IllegalArgumentException("the line of a ref has fewer than four fields");
        }
        return new PushedRefs.RefUpdate(
                fields[3],
                fields[0],
                fields[1],
                PushedRefs.Result.valueOf(fields[2].toUpperCase(Locale.ROOT)),
                fields.length == 5 ? fields[4] : "");
    }
}
