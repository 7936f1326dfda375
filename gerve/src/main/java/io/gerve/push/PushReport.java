package io.gerve.push;

import java.util.HashMap;
import java.util.Map;

/**
 * Parser of the report of a file server about a push (gitprotocol-pack(5), "Report Status"), which follows the list of
 * refs, plain or within the first band of the side-band. Reading stops at the end of the report.
 */
final class PushReport {
    private static final int BAND_OF_DATA = 1;
    private static final String BRANCH = "refs/heads/";

    private final PktLineReader lines = new PktLineReader(new Outer());
    private final PktLineReader report = new PktLineReader(new PktLineBuffer(this::line, () -> complete = true));
    private final Map<String, Status> statuses = new HashMap<>();
    private boolean afterRefs;
    private boolean branchAdvertised;
    private boolean sideBand;
    private boolean complete;
    private String lastRef = "";

    /**
     * @param reason reason of a refusal
     * @param before previous object id, empty if it is the one of the command; a hook may have changed it
     */
    record Status(boolean isUpdated, String reason, String before, String after) {}

    /** @param onSideBand whether the client requested the side-band; known before the report begins */
    void accept(byte[] bytes, int start, int length, boolean onSideBand) {
        sideBand = onSideBand;
        lines.accept(bytes, start, length);
    }

    boolean isFinished() {
        return complete || lines.isBroken() || report.isBroken();
    }

    boolean isComplete() {
        return complete;
    }

    /** Returns whether the file server listed its refs, and no branch is among them. */
    boolean hadNoBranch() {
        return afterRefs && !branchAdvertised;
    }

    /** Returns the statuses by ref name, each byte as one character. */
    Map<String, Status> statuses() {
        return statuses;
    }

    private void line(String line) {
        if (line.startsWith("ok ")) {
            lastRef = line.substring(3);
            put(new Status(true, "", "", ""));
        } else if (line.startsWith("ng ")) {
            int end = line.indexOf(' ', 3);
            lastRef = end < 0 ? line.substring(3) : line.substring(3, end);
            put(new Status(false, end < 0 ? "" : line.substring(end + 1), "", ""));
        } else if (line.startsWith("option ")) {
            option(line.substring(7));
        }
    }

    private void option(String option) {
        Status status = statuses.get(lastRef);
        if (status != null && option.startsWith("old-oid ")) {
            put(new Status(status.isUpdated(), status.reason(), option.substring(8), status.after()));
        } else if (status != null && option.startsWith("new-oid ")) {
            put(new Status(status.isUpdated(), status.reason(), status.before(), option.substring(8)));
        }
    }

    private void put(Status status) {
        if (statuses.size() < PushCommands.KEPT_MAX || statuses.containsKey(lastRef)) {
            statuses.put(lastRef, status);
        }
    }

    /** Handler of the outer lines: first the refs, which are skipped, then bands or the plain report. */
    private final class Outer implements PktLineReader.Handler {
        private final PktLineBuffer plain = new PktLineBuffer(PushReport.this::line, () -> complete = true);
        private final PktLineBuffer advertised = new PktLineBuffer(this::ref, () -> {});
        private int band;

        @Override
        public void data(byte[] bytes, int start, int length) {
            if (!afterRefs && !branchAdvertised) {
                advertised.data(bytes, start, length);
            }
            if (!afterRefs || complete) {
                return;
            }
            if (!sideBand) {
                plain.data(bytes, start, length);
                return;
            }
            int skipped = band == 0 ? 1 : 0;
            if (band == 0) {
                band = bytes[start];
            }
            if (band == BAND_OF_DATA) {
                report.accept(bytes, start + skipped, length - skipped);
            }
        }

        @Override
        public void endOfLine() {
            band = 0;
            if (!afterRefs && !branchAdvertised) {
                advertised.endOfLine();
            }
            if (afterRefs && !sideBand && !complete) {
                plain.endOfLine();
            }
        }

        private void ref(String line) {
            branchAdvertised = line.startsWith(BRANCH, line.indexOf(' ') + 1);
        }

        @Override
        public void flush() {
            if (afterRefs && !sideBand) {
                plain.flush();
            }
            afterRefs = true;
        }
    }
}
