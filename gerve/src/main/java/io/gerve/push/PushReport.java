package io.gerve.push;

import java.util.HashMap;
import java.util.Map;

/**
 * What a file server says became of a push (gitprotocol-pack(5), "Report Status"): after its list of refs, plain or within the first band
 * of the side-band. Reading stops where the report ends.
 */
final class PushReport {
    private static final int BAND_OF_DATA = 1;

    private final PktLineReader lines = new PktLineReader(new Outer());
    private final PktLineReader report = new PktLineReader(new PktLineBuffer(this::line, () -> complete = true));
    private final Map<String, Status> statuses = new HashMap<>();
    private boolean afterRefs;
    private boolean sideBand;
    private boolean complete;
    private String latest = "";

    /**
     * @param reason of a refusal
     * @param before empty if it is the one that the client named; a hook may have said otherwise
     */
    record Status(boolean isUpdated, String reason, String before, String after) {}

    /** @param onSideBand as the client asked for before the report began */
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

    /** By the ref's name, each byte as one character. */
    Map<String, Status> statuses() {
        return statuses;
    }

    private void line(String line) {
        if (line.startsWith("ok ")) {
            latest = line.substring(3);
            put(new Status(true, "", "", ""));
        } else if (line.startsWith("ng ")) {
            int end = line.indexOf(' ', 3);
            latest = end < 0 ? line.substring(3) : line.substring(3, end);
            put(new Status(false, end < 0 ? "" : line.substring(end + 1), "", ""));
        } else if (line.startsWith("option ")) {
            option(line.substring(7));
        }
    }

    private void option(String option) {
        Status status = statuses.get(latest);
        if (status != null && option.startsWith("old-oid ")) {
            put(new Status(status.isUpdated(), status.reason(), option.substring(8), status.after()));
        } else if (status != null && option.startsWith("new-oid ")) {
            put(new Status(status.isUpdated(), status.reason(), status.before(), option.substring(8)));
        }
    }

    private void put(Status status) {
        if (statuses.size() < PushCommands.KEPT_MAX || statuses.containsKey(latest)) {
            statuses.put(latest, status);
        }
    }

    /** The file server's own lines: first its refs, whose bytes are skipped, then bands or the report itself. */
    private final class Outer implements PktLineReader.Sink {
        private final PktLineBuffer plain = new PktLineBuffer(PushReport.this::line, () -> complete = true);
        private int band;

        @Override
        public void data(byte[] bytes, int start, int length) {
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
            if (afterRefs && !sideBand && !complete) {
                plain.endOfLine();
            }
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
