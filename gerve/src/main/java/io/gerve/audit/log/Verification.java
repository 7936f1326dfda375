package io.gerve.audit.log;

import io.gerve.lookup.LookupUnavailable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Walks the chains of all gates and finds what somebody did to their records. Gates may go on writing and records may be pruned
 * meanwhile.
 */
public final class Verification {
    private static final int PAGE = 1000;

    private final MysqlAccessLog log;

    public Verification(MysqlAccessLog log) {
        this.log = log;
    }

    /**
     * Something that no gate and no {@code gerve} does.
     *
     * @param what changed, missing, out of place, beyond the head or without a chain
     * @param position of the record in its gate's chain; of the first, if several are missing
     * @param request its id, printable; empty if there is no record
     */
    public record Finding(String gate, What what, long position, String request, String sentence) {
        /** What was done. */
        public enum What {
            CHANGED,
            MISSING,
            REORDERED,
            ADDED
        }
    }

    /**
     * A chain, walked to its end.
     *
     * @param first position of the oldest record that was kept; later than {@code last} if there is none
     * @param hash of the last record: kept elsewhere, it shows later that nothing before it was rewritten
     */
    public record Walked(String gate, long first, long last, String hash, List<Finding> findings) {
        public Walked {
            findings = List.copyOf(findings);
        }
    }

    public List<Walked> all() throws LookupUnavailable {
        List<Walked> walked = new ArrayList<>();
        for (MysqlAccessLog.Ends ends : log.chains()) {
            walked.add(new Walk(ends).run());
        }
        List<String> gates = new ArrayList<>(log.gatesOfRecords());
        gates.removeAll(log.chains().stream().map(MysqlAccessLog.Ends::gate).toList());
        for (String gate : gates) {
            var finding = new Finding(gate, Finding.What.ADDED, 0, "", "has records, but no chain that they belong to");
            walked.add(new Walked(gate, 0, 0, Chain.BEGINNING, List.of(finding)));
        }
        return walked;
    }

    /** One chain. */
    private final class Walk {
        private final MysqlAccessLog.Ends ends;
        private final List<Finding> findings = new ArrayList<>();
        private long position;
        private String hash;

        Walk(MysqlAccessLog.Ends ends) {
            this.ends = ends;
            this.position = ends.anchor();
            this.hash = ends.anchorHash();
        }

        Walked run() throws LookupUnavailable {
            findStrays();
            List<MysqlAccessLog.Link> page;
            do {
                page = log.links(ends.gate(), position, PAGE).stream()
                        .filter(link -> link.position() <= ends.head())
                        .toList();
                for (MysqlAccessLog.Link link : page) {
                    step(link);
                }
            } while (!page.isEmpty());
            atTheEnd();
            return new Walked(ends.gate(), ends.anchor() + 1, ends.head(), ends.headHash(), findings);
        }

        /** Of what was pruned nothing is there any more. */
        private void findStrays() throws LookupUnavailable {
            for (MysqlAccessLog.Link link : log.links(ends.gate(), -1, 1)) {
                if (link.position() <= ends.anchor()) {
                    add(Finding.What.ADDED, link.position(), link.request(), "stands before the chain's beginning");
                }
            }
        }

        private void step(MysqlAccessLog.Link link) throws LookupUnavailable {
            if (link.position() != position + 1 && !wasPruned(link)) {
                add(
                        Finding.What.MISSING,
                        position + 1,
                        "",
                        link.position() - position - 1 + " records are missing before " + link.request());
            } else if (!link.previous().equals(hash)) {
                add(Finding.What.REORDERED, link.position(), link.request(), "does not follow the record before it");
            }
            if (!link.unchanged()) {
                add(
                        Finding.What.CHANGED,
                        link.position(),
                        link.request(),
                        "does not say what it said when it was written");
            }
            position = link.position();
            hash = link.hash();
        }

        /** While this was running. */
        private boolean wasPruned(MysqlAccessLog.Link link) throws LookupUnavailable {
            Optional<MysqlAccessLog.Ends> now = endsNow();
            if (now.isPresent() && now.get().anchor() > position && now.get().anchor() >= link.position() - 1) {
                hash = now.get().anchor() == link.position() - 1 ? now.get().anchorHash() : link.previous();
                return true;
            }
            return false;
        }

        private void atTheEnd() throws LookupUnavailable {
            if (position < ends.head()) {
                Optional<MysqlAccessLog.Ends> now = endsNow();
                if (now.isEmpty() || now.get().anchor() < ends.head()) {
                    add(
                            Finding.What.MISSING,
                            position + 1,
                            "",
                            ends.head() - position + " records are missing at the end");
                }
            } else if (!hash.equals(ends.headHash())) {
                add(Finding.What.CHANGED, position, "", "the last record is not the one that was written last");
            }
            long highest = log.highestPosition(ends.gate());
            Optional<MysqlAccessLog.Ends> now = endsNow();
            if (now.isPresent() && highest > now.get().head()) {
                add(Finding.What.ADDED, highest, "", "stands beyond the chain's end");
            }
        }

        private Optional<MysqlAccessLog.Ends> endsNow() throws LookupUnavailable {
            return log.chains().stream()
                    .filter(chain -> chain.gate().equals(ends.gate()))
                    .findFirst();
        }

        private void add(Finding.What what, long at, String request, String sentence) {
            findings.add(new Finding(ends.gate(), what, at, request, sentence));
        }
    }
}
