package io.gerve.cli.output;

import io.gerve.accesslog.AccessLogRecord;
import io.gerve.accesslog.ChainedRecord;
import io.gerve.cli.option.OptionConverters;
import io.gerve.logging.TextEscaper;
import io.gerve.push.PushedRefs;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/** Printer of access log records, a page at a time: memory does not grow with the log. */
public final class AccessLogPrinter {
    private static final JsonMapper JSON = JsonMapper.shared();

    /** Value of fields that the gate cannot know, because it did not see the request end. */
    static final String UNKNOWN = "unknown";

    private final PrintWriter out;
    private final OutputFormat format;
    private boolean started;

    /** @param format a table has the main fields; JSON is one object on each line; JSON and CSV have all fields */
    public AccessLogPrinter(PrintWriter out, OutputFormat format) {
        this.out = out;
        this.format = format;
    }

    /** Returns whether the reader of the output has closed it. */
    public boolean isClosed() {
        return out.checkError();
    }

    public void print(List<ChainedRecord> records) {
        if (!started) {
            started = true;
            printHeader();
        }
        records.forEach(this::print);
        out.flush();
    }

    private void printHeader() {
        switch (format) {
            case TABLE ->
                out.println(
                        line("TIME", "REQUEST", "PRINCIPAL", "ADDRESS", "COMMAND", "DECISION", "RULE", "EXIT", "MS"));
            case CSV -> out.println(String.join(",", NAMES));
            case JSON -> {}
        }
    }

    private void print(ChainedRecord logged) {
        AccessLogRecord record = logged.record();
        switch (format) {
            case TABLE ->
                out.println(line(
                        record.at().toString(),
                        record.id().text(),
                        orDash(record.client().principal()),
                        record.client().address(),
                        command(record.request()),
                        record.decision().decision().label(),
                        record.decision().rule(),
                        exit(record),
                        Long.toString(record.outcome().durationMillis())));
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

    /** Returns {@code begun} for a request whose end is unknown, because it is running or its gate was killed. */
    private static String exit(AccessLogRecord record) {
        if (record.isBegin()) {
            return "begun";
        }
        return record.outcome().isKnown() ? orDash(record.outcome().exitStatus()) : "?";
    }

    private static String command(AccessLogRecord.RequestFields request) {
        return request.repository().isEmpty()
                ? orDash(request.execLine())
                : request.command() + " " + request.repository();
    }

    private static String orDash(String text) {
        return text.isEmpty() ? "-" : text;
    }

    private static String line(String... cells) {
        // Escapes every cell: a row that was tampered with may hold control characters.
        return TextEscaper.oneLine(
                "%-24s  %-16s  %-20s  %-15s  %-40s  %-11s  %-20s  %5s  %7s".formatted((Object[]) cells));
    }

    private static final List<String> NAMES = List.of(
            "gate",
            "position",
            "previous_hash",
            "record_hash",
            "request_id",
            "occurred_at",
            "frontend",
            "client_address",
            "key_fingerprint",
            "key_id",
            "account_id",
            "principal",
            "command",
            "repository",
            "repository_id",
            "exec_line",
            "decision",
            "rule",
            "message",
            "server",
            "host",
            "bytes_in",
            "bytes_out",
            "duration_ms",
            "exit_status",
            "ended_by",
            "refs_source",
            "refs",
            "refs_omitted");

    private static Map<String, Object> fields(ChainedRecord logged) {
        AccessLogRecord record = logged.record();
        var client = record.client();
        var request = record.request();
        var decision = record.decision();
        var outcome = record.outcome();
        List<Object> values = List.of(
                logged.gate(),
                logged.position(),
                logged.previousHash(),
                logged.hash(),
                record.id().text(),
                record.at().toString(),
                client.frontend(),
                client.address(),
                client.key(),
                client.keyId(),
                client.accountId(),
                client.principal(),
                request.command(),
                request.repository(),
                decision.repositoryId(),
                request.execLine(),
                decision.decision().label(),
                decision.rule(),
                decision.message(),
                decision.server(),
                decision.host(),
                outcome.isKnown() ? outcome.bytesIn() : UNKNOWN,
                outcome.isKnown() ? outcome.bytesOut() : UNKNOWN,
                outcome.durationMillis(),
                outcome.isKnown() ? outcome.exitStatus() : UNKNOWN,
                outcome.endedBy(),
                OptionConverters.constant(record.refs().source()),
                record.refs().updates().stream().map(AccessLogPrinter::ref).toList(),
                record.refs().omitted());
        Map<String, Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < values.size(); i++) {
            fields.put(NAMES.get(i), values.get(i));
        }
        return fields;
    }

    private static String ref(PushedRefs.RefUpdate update) {
        return TextEscaper.oneLine("%s %s..%s %s %s"
                        .formatted(
                                update.ref(),
                                update.before(),
                                update.after(),
                                OptionConverters.constant(update.result()),
                                update.reason()))
                .strip();
    }

    /**
     * Returns the value as RFC 4180 has it. A text that a spreadsheet would take for a formula gets an apostrophe
     * before it.
     */
    private static String csv(String value) {
        String text = TextEscaper.oneLine(value);
        String safe = !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
        return safe.matches("[A-Za-z0-9 ./:_'+-]*") ? safe : '"' + safe.replace("\"", "\"\"") + '"';
    }
}
