package io.gerve.push;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parser of the commands of a push, the list at the start of the client's input (gitprotocol-pack(5), "Reference Update
 * Request"). Reading stops at the end of the list.
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
    private boolean valid = true;
    private int omitted;
    private boolean complete;

    record Command(String before, String after) {}

    void accept(byte[] bytes, int start, int length) {
        for (int at = start; at < start + length && !isFinished(); at++) {
            // Byte by byte, so that no byte of the pack that follows is read.
            lines.accept(bytes, at, 1);
        }
    }

    /** Returns whether the list is complete or invalid, so that nothing more needs to be read. */
    boolean isFinished() {
        return complete || lines.isBroken() || !valid;
    }

    boolean isValid() {
        return complete && valid;
    }

    /** Returns the commands by ref name, each byte as one character. */
    Map<String, Command> commands() {
        return commands;
    }

    /** Returns the number of commands beyond those that are kept. */
    int omitted() {
        return omitted;
    }

    /** Returns whether the client requested the report within the side-band. */
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

    /** Adds a command. A push certificate also contains lines of other kinds: its header and a signature. */
    private void add(String line) {
        Optional<Matcher> command = Optional.of(COMMAND.matcher(line)).filter(Matcher::matches);
        if (command.isEmpty()) {
            valid = inCertificate;
        } else if (commands.size() == KEPT_MAX) {
            omitted++;
        } else {
            Matcher found = command.get();
            commands.put(found.group(3), new Command(found.group(1), found.group(2)));
        }
    }
}
