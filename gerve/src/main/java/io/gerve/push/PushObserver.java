package io.gerve.push;

import io.gerve.logging.TextEscaper;
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
public final class PushObserver {
    private static final Logger LOG = LoggerFactory.getLogger(PushObserver.class);
    private static final int SHOWN_MAX = 255;

    private final PushCommands commands = new PushCommands();
    private final PushReport report = new PushReport();
    private volatile boolean inputOver;
    private volatile boolean outputOver;
    private boolean failed;

    /** The client sends these. */
    public void in(byte[] bytes, int start, int length) {
        if (!inputOver) {
            guarded(() -> commands.accept(bytes, start, length));
        }
    }

    /** The client is sent these, on its standard output. */
    public void out(byte[] bytes, int start, int length) {
        if (!outputOver) {
            guarded(() -> report.accept(bytes, start, length, commands.usesSideBand()));
        }
    }

    private synchronized void guarded(Runnable reading) {
        try {
            reading.run();
        } catch (RuntimeException e) {
            LOG.error("a push could not be read along; it goes on", e);
            failed = true;
        }
        inputOver = failed || commands.isFinished();
        outputOver = failed || report.isFinished();
    }

    public synchronized PushedRefs refs() {
        if (failed || !commands.isUnderstood()) {
            return PushedRefs.UNKNOWN;
        }
        if (commands.commands().isEmpty()) {
            return PushedRefs.NONE;
        }
        List<PushedRefs.RefUpdate> moves = new ArrayList<>();
        for (Map.Entry<String, PushCommands.Command> command :
                commands.commands().entrySet()) {
            moves.add(refUpdate(command.getKey(), command.getValue()));
        }
        var known = report.isComplete() ? PushedRefs.Source.REPORTED : PushedRefs.Source.REQUESTED;
        return new PushedRefs(known, moves, commands.omitted());
    }

    private PushedRefs.RefUpdate refUpdate(String ref, PushCommands.Command command) {
        PushReport.Status status = report.statuses().get(ref);
        if (status == null) {
            return new PushedRefs.RefUpdate(
                    name(ref), command.before(), command.after(), PushedRefs.Result.UNKNOWN, "");
        }
        return new PushedRefs.RefUpdate(
                name(ref),
                status.before().isEmpty() ? command.before() : name(status.before()),
                status.after().isEmpty() ? command.after() : name(status.after()),
                status.isUpdated() ? PushedRefs.Result.UPDATED : PushedRefs.Result.REFUSED,
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
                TextEscaper.oneLine(new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
        return TextEscaper.truncate(text, SHOWN_MAX);
    }
}
