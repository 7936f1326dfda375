package io.gerve.session;

import io.gerve.config.Printable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads along what a push asks for and what becomes of it. It sees the bytes and never holds, changes or stops them; when it does not
 * understand them it says so in the end. Safe for use by the threads that carry the bytes.
 */
final class PushWatch {
    private static final Logger LOG = LoggerFactory.getLogger(PushWatch.class);
    private static final int SHOWN_MAX = 255;

    private final PushCommands commands = new PushCommands();
    private final PushReport report = new PushReport();
    private volatile boolean inputOver;
    private volatile boolean outputOver;
    private boolean failed;

    /** The client sends these. */
    void in(byte[] bytes, int start, int length) {
        if (!inputOver) {
            watch(() -> commands.pass(bytes, start, length));
        }
    }

    /** The client is sent these, on its standard output. */
    void out(byte[] bytes, int start, int length) {
        if (!outputOver) {
            watch(() -> report.pass(bytes, start, length, commands.asksForSideBand()));
        }
    }

    private synchronized void watch(Runnable reading) {
        try {
            reading.run();
        } catch (RuntimeException e) {
            LOG.error("a push could not be read along; it goes on", e);
            failed = true;
        }
        inputOver = failed || commands.isOver();
        outputOver = failed || report.isOver();
    }

    synchronized PushedRefs refs() {
        if (failed || !commands.isUnderstood()) {
            return PushedRefs.UNKNOWN;
        }
        if (commands.commands().isEmpty()) {
            return PushedRefs.NONE;
        }
        List<PushedRefs.Move> moves = new ArrayList<>();
        for (Map.Entry<String, PushCommands.Command> command :
                commands.commands().entrySet()) {
            moves.add(move(command.getKey(), command.getValue()));
        }
        var known = report.isComplete() ? PushedRefs.Known.REPORTED : PushedRefs.Known.REQUESTED;
        return new PushedRefs(known, moves, commands.more());
    }

    private PushedRefs.Move move(String ref, PushCommands.Command command) {
        PushReport.Status status = report.statuses().get(ref);
        if (status == null) {
            return new PushedRefs.Move(name(ref), command.before(), command.after(), PushedRefs.Result.UNKNOWN, "");
        }
        return new PushedRefs.Move(
                name(ref),
                status.before().isEmpty() ? command.before() : name(status.before()),
                status.after().isEmpty() ? command.after() : name(status.after()),
                status.moved() ? PushedRefs.Result.MOVED : PushedRefs.Result.REFUSED,
                shown(status.reason()));
    }

    private static String name(String bytes) {
        return shown(bytes)
                .codePoints()
                .mapToObj(c -> Character.isSpaceChar(c) ? "\\u%04x".formatted(c) : Character.toString(c))
                .collect(Collectors.joining());
    }

    /** @param bytes each as one character */
    private static String shown(String bytes) {
        String text =
                Printable.oneLine(new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
        return ClientMessage.cut(text, SHOWN_MAX);
    }
}
