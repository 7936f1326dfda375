package io.gerve.push;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a push asks for: the list of commands at the beginning of what its client sends (gitprotocol-pack(5), "Reference Update Request").
 * Reading stops where the list ends.
 */
final class PushCommands {
    static final int KEPT_MAX = 256;

    private static final Pattern COMMAND =
            Pattern.compile("(?s)([0-9a-f]{40}|[0-9a-f]{64}) ([0-9a-f]{40}|[0-9a-f]{64}) (.+)");
    private static final Pattern SIDE_BAND = Pattern.compile("(^| )side-band-64k( |$)");
    private static final String CERTIFICATE = "push-cert";
    private static final String END_OF_CERTIFICATE = "push-cert-end";

    private final PktLineReader lines = new PktLineReader(new PktLineBuffer(this::line, () -> complete = true));
    private final Map<String, Command> commands = new LinkedHashMap<>();
    private String capabilities = "";
    private boolean first = true;
    private boolean inCertificate;
    private boolean understood = true;
    private int omitted;
    private boolean complete;

    record Command(String before, String after) {}

    void accept(byte[] bytes, int start, int length) {
        for (int at = start; at < start + length && !isFinished(); at++) {
            // Byte by byte, so that not one of the pack that follows is read.
            lines.accept(bytes, at, 1);
        }
    }

    /** Whether there is nothing more to read here. */
    boolean isFinished() {
        return complete || lines.isBroken() || !understood;
    }

    boolean isUnderstood() {
        return complete && understood;
    }

    /** By the ref's name, each byte as one character. */
    Map<String, Command> commands() {
        return commands;
    }

    /** Commands beyond those that are kept. */
    int omitted() {
        return omitted;
    }

    /** Whether the report is to come within the side-band. */
    boolean usesSideBand() {
        return SIDE_BAND.matcher(capabilities).find();
    }

    private void line(String text) {
        int end = text.indexOf('\0');
        if (end >= 0 && first) {
            capabilities = text.substring(end + 1);
        }
        String line = end >= 0 ? text.substring(0, end) : text;
        if (line.equals(CERTIFICATE)) {
            inCertificate = true;
        } else if (line.equals(END_OF_CERTIFICATE)) {
            inCertificate = false;
        } else if (!line.startsWith("shallow ")) {
            add(line);
        }
        first = first && line.startsWith("shallow ");
    }

    /** A certificate holds lines of other kinds too: its header, and a signature. */
    private void add(String line) {
        Optional<Matcher> command = Optional.of(COMMAND.matcher(line)).filter(Matcher::matches);
        if (command.isEmpty()) {
            understood = inCertificate;
        } else if (commands.size() == KEPT_MAX) {
            omitted++;
        } else {
            Matcher found = command.get();
            commands.put(found.group(3), new Command(found.group(1), found.group(2)));
        }
    }
}
