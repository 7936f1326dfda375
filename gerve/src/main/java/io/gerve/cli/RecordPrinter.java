package io.gerve.cli;

import io.gerve.audit.log.LoggedRecord;
import io.gerve.config.Printable;
import io.gerve.session.PushedRefs;
import io.gerve.session.SessionRecord;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/** Prints records as they come, a page at a time, so that a long log costs no memory. */
final class RecordPrinter {
    private static final JsonMapper JSON = JsonMapper.shared();

    /** What another program did: it may have been anything. */
    static final String UNKNOWN = "unknown";

    private final PrintWriter out;
    private final Format format;
    private boolean begun;

    /** How records are printed. */
    enum Format {
        /** A line each, with what matters most. */
        TABLE,
        /** An object a line, with everything. */
        JSON,
        /** RFC 4180, with everything. */
        CSV
    }

    RecordPrinter(PrintWriter out, Format format) {
        this.out = out;
        this.format = format;
    }

    /** Whether nobody reads any more. */
    boolean isGone() {
        return out.checkError();
    }

    void print(List<LoggedRecord> records) {
        if (!begun) {
            begun = true;
            head();
        }
        records.forEach(this::print);
        out.flush();
    }

    private void head() {
        switch (format) {
            case TABLE ->
                out.println(line("TIME", "REQUEST", "ACCOUNT", "ADDRESS", "COMMAND", "DECISION", "RULE", "EXIT", "MS"));
            case CSV -> out.println(String.join(",", NAMES));
            case JSON -> {}
        }
    }

    private void print(LoggedRecord logged) {
        SessionRecord record = logged.record();
        switch (format) {
            case TABLE ->
                out.println(line(
                        record.at().toString(),
                        record.id().text(),
                        orDash(record.from().holder()),
                        record.from().address(),
                        command(record.asked()),
                        record.ruling().decision(),
                        record.ruling().rule(),
                        record.course().isKnown() ? orDash(record.course().exit()) : "?",
                        Long.toString(record.course().milliseconds())));
            case CSV ->
                out.println(fields(logged).values().stream()
                        .map(value -> csv(
                                value instanceof List<?> lines
                                        ? lines.stream().map(String::valueOf).collect(Collectors.joining("; "))
                                        : String.valueOf(value)))
                        .collect(Collectors.joining(",")));
            case JSON -> out.println(JSON.writeValueAsString(fields(logged)));
        }
    }

    private static String command(SessionRecord.Asked asked) {
        return asked.repository().isEmpty() ? orDash(asked.line()) : asked.verb() + " " + asked.repository();
    }

    private static String orDash(String text) {
        return text.isEmpty() ? "-" : text;
    }

    private static String line(String... cells) {
        // All of it: a row that somebody changed may hold what no gate writes.
        return Printable.oneLine(
                "%-24s  %-16s  %-20s  %-15s  %-40s  %-11s  %-20s  %4s  %7s".formatted((Object[]) cells));
    }

    private static final List<String> NAMES = List.of(
            "gate",
            "position",
            "previous",
            "hash",
            "request",
            "time",
            "door",
            "address",
            "key",
            "key_id",
            "account_id",
            "holder",
            "verb",
            "repository",
            "repository_id",
            "command",
            "decision",
            "rule",
            "told",
            "server",
            "host",
            "bytes_in",
            "bytes_out",
            "milliseconds",
            "exit_status",
            "ended_by",
            "refs_known",
            "refs",
            "refs_more");

    private static Map<String, Object> fields(LoggedRecord logged) {
        SessionRecord record = logged.record();
        var from = record.from();
        var asked = record.asked();
        var ruling = record.ruling();
        var course = record.course();
        List<Object> values = List.of(
                logged.gate(),
                logged.position(),
                logged.previous(),
                logged.hash(),
                record.id().text(),
                record.at().toString(),
                from.door(),
                from.address(),
                from.key(),
                from.keyId(),
                from.accountId(),
                from.holder(),
                asked.verb(),
                asked.repository(),
                ruling.repositoryId(),
                asked.line(),
                ruling.decision(),
                ruling.rule(),
                ruling.told(),
                ruling.server(),
                ruling.host(),
                course.isKnown() ? course.bytesIn() : UNKNOWN,
                course.isKnown() ? course.bytesOut() : UNKNOWN,
                course.milliseconds(),
                course.isKnown() ? course.exit() : UNKNOWN,
                course.endedBy(),
                Values.word(record.refs().known()),
                record.refs().moves().stream().map(RecordPrinter::ref).toList(),
                record.refs().more());
        Map<String, Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < values.size(); i++) {
            fields.put(NAMES.get(i), values.get(i));
        }
        return fields;
    }

    private static String ref(PushedRefs.Move move) {
        return Printable.oneLine("%s %s..%s %s %s"
                        .formatted(move.ref(), move.before(), move.after(), Values.word(move.result()), move.reason()))
                .strip();
    }

    /** A text that a spreadsheet would take for a formula gets an apostrophe before it. */
    private static String csv(String value) {
        String text = Printable.oneLine(value);
        String safe = !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
        return safe.matches("[A-Za-z0-9 ./:_'+-]*") ? safe : '"' + safe.replace("\"", "\"\"") + '"';
    }
}
