package io.gerve.push;

import io.gerve.logging.TextEscaper;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Observer of the commands and the report of a push. It reads the bytes and never delays, changes or blocks them. If it
 * cannot parse them, the result says so. Safe for use by the threads that copy the bytes.
 */
public final class PushObserver {
    private static final Logger LOG = LoggerFactory.getLogger(PushObserver.class);
    private static final int TEXT_MAX = 255;

    private final PushCommands commands = new PushCommands();
    private final PushReport report = new PushReport();
    private volatile boolean inputFinished;
    private volatile boolean outputFinished;
    private boolean failed;

    /** Observes bytes from the client. */
    public void in(byte[] bytes, int start, int length) {
        if (!inputFinished) {
            observe(() -> commands.accept(bytes, start, length));
        }
    }

    /** Observes bytes for the standard output of the client. */
    public void out(byte[] bytes, int start, int length) {
        if (!outputFinished) {
            observe(() -> report.accept(bytes, start, length, commands.usesSideBand()));
        }
    }

    private synchronized void observe(Runnable parse) {
        try {
            parse.run();
        } catch (RuntimeException e) {
            LOG.error("Push observer failed, push continues unobserved", e);
            failed = true;
        }
        inputFinished = failed || commands.isFinished();
        outputFinished = failed || report.isFinished();
    }

    /** Returns whether the repository had no branch before this push, and the client asked to create one. */
    public synchronized boolean isFirstOfABranch() {
        return !failed
                && commands.isValid()
                && report.hadNoBranch()
                && commands.commands().keySet().stream().anyMatch(ref -> ref.startsWith("refs/heads/"));
    }

    public synchronized PushedRefs refs() {
        if (failed || !commands.isValid()) {
            return PushedRefs.UNKNOWN;
        }
        if (commands.commands().isEmpty()) {
            return PushedRefs.NONE;
        }
        List<PushedRefs.RefUpdate> updates = new ArrayList<>();
        for (Map.Entry<String, PushCommands.Command> command :
                commands.commands().entrySet()) {
            updates.add(refUpdate(command.getKey(), command.getValue()));
        }
        var source = report.isComplete() ? PushedRefs.Source.REPORTED : PushedRefs.Source.REQUESTED;
        return new PushedRefs(source, updates, commands.omitted());
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
                text(status.reason()));
    }

    /** @param bytes bytes of a name, each as one character */
    private static String name(String bytes) {
        return TextEscaper.truncate(TextEscaper.oneWord(decoded(bytes)), TEXT_MAX);
    }

    private static String text(String bytes) {
        return TextEscaper.truncate(TextEscaper.oneLine(decoded(bytes)), TEXT_MAX);
    }

    /** Decodes UTF-8. A byte that is not UTF-8 becomes {@code \}{@code xe9}, so that two names stay different. */
    private static String decoded(String bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1));
        CharBuffer out = CharBuffer.allocate(in.remaining());
        var text = new StringBuilder();
        CoderResult result = decoder.decode(in, out, true);
        while (result.isError()) {
            text.append(out.flip());
            out.clear();
            for (int i = 0; i < result.length(); i++) {
                text.append("\\x%02x".formatted(in.get()));
            }
            result = decoder.decode(in, out, true);
        }
        return text.append(out.flip()).toString();
    }
}
