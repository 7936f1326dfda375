package io.gerve.accesslog;

import io.gerve.lookup.LookupUnavailable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Walks the chains of all gates and finds what somebody did to their records. Gates may go on writing and records may be pruned
 * meanwhile.
 */
public final class ChainVerifier {
    private static final int PAGE = 1000;

    private final MysqlAccessLogReader log;

    public ChainVerifier(MysqlAccessLogReader log) {
        this.log = log;
    }

    /**
     * Something that no gate and no {@code gerve} does.
     *
     * @param kind changed, missing, out of place, beyond the head or without a chain
     * @param position of the record in its gate's chain; of the first, if several are missing
     * @param request its id, printable; empty if there is no record
     */
    public record Issue(String gate, Kind kind, long position, String request, String description) {
        /** What was done. */
        public enum Kind {
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
    public record ChainReport(String gate, long first, long last, String hash, List<Issue> issues) {
        public ChainReport {
            issues = List.copyOf(issues);
        }
    }

    public List<ChainReport> verifyAll() throws LookupUnavailable {
        List<ChainReport> walked = new ArrayList<>();
        for (MysqlAccessLogReader.Ends ends : log.chains()) {
            walked.add(new ChainWalk(ends).run());
        }
        List<String> gates = new ArrayList<>(log.gatesOfRecords());
        gates.removeAll(
                log.chains().stream().map(MysqlAccessLogReader.Ends::gate).toList());
        for (String gate : gates) {
            var finding = new Issue(gate, Issue.Kind.ADDED, 0, "", "has records, but no chain that they belong to");
            walked.add(new ChainReport(gate, 0, 0, HashChain.BEGINNING, List.of(finding)));
        }
        return walked;
    }

    /** One chain. */
    private final class ChainWalk {
        private final MysqlAccessLogReader.Ends ends;
        private final List<Issue> findings = new ArrayList<>();
        private long position;
        private String hash;

        ChainWalk(MysqlAccessLogReader.Ends ends) {
            this.ends = ends;
            this.position = ends.anchorPosition();
            this.hash = ends.anchorHash();
        }

        ChainReport run() throws LookupUnavailable {
            findStrays();
            List<MysqlAccessLogReader.Link> page;
            do {
                page = log.links(ends.gate(), position, PAGE).stream()
                        .filter(link -> link.position() <= ends.headPosition())
                        .toList();
                for (MysqlAccessLogReader.Link link : page) {
                    step(link);
                }
            } while (!page.isEmpty());
            atTheEnd();
            return new ChainReport(
                    ends.gate(), ends.anchorPosition() + 1, ends.headPosition(), ends.headHash(), findings);
        }

        /** Of what was pruned nothing is there any more. */
        private void findStrays() throws LookupUnavailable {
            for (MysqlAccessLogReader.Link link : log.links(ends.gate(), -1, 1)) {
                if (link.position() <= ends.anchorPosition()) {
                    add(Issue.Kind.ADDED, link.position(), link.request(), "stands before the chain's beginning");
                }
            }
        }

        private void step(MysqlAccessLogReader.Link link) throws LookupUnavailable {
            if (link.position() != position + 1 && !wasPruned(link)) {
                add(
                        Issue.Kind.MISSING,
                        position + 1,
                        "",
                        link.position() - position - 1 + " records are missing before " + link.request());
            } else if (!link.previousHash().equals(hash)) {
                add(Issue.Kind.REORDERED, link.position(), link.request(), "does not follow the record before it");
            }
            if (!link.unchanged()) {
                add(
                        Issue.Kind.CHANGED,
                        link.position(),
                        link.request(),
                        "does not say what it said when it was written");
            }
            position = link.position();
            hash = link.hash();
        }

        /** While this was running. */
        private boolean wasPruned(MysqlAccessLogReader.Link link) throws LookupUnavailable {
            Optional<MysqlAccessLogReader.Ends> now = endsNow();
            if (now.isPresent()
                    && now.get().anchorPosition() > position
                    && now.get().anchorPosition() >= link.position() - 1) {
                hash = now.get().anchorPosition() == link.position() - 1
                        ? now.get().anchorHash()
                        : link.previousHash();
                return true;
            }
            return false;
        }

        private void atTheEnd() throws LookupUnavailable {
            if (position < ends.headPosition()) {
                Optional<MysqlAccessLogReader.Ends> now = endsNow();
                if (now.isEmpty() || now.get().anchorPosition() < ends.headPosition()) {
                    add(
                            Issue.Kind.MISSING,
                            position + 1,
                            "",
                            ends.headPosition() - position + " records are missing at the end");
                }
            } else if (!hash.equals(ends.headHash())) {
                add(Issue.Kind.CHANGED, position, "", "the last record is not the one that was written last");
            }
            long highest = log.highestPosition(ends.gate());
            Optional<MysqlAccessLogReader.Ends> now = endsNow();
            if (now.isPresent() && highest > now.get().headPosition()) {
                add(Issue.Kind.ADDED, highest, "", "stands beyond the chain's end");
            }
        }

        private Optional<MysqlAccessLogReader.Ends> endsNow() throws LookupUnavailable {
            return log.chains().stream()
                    .filter(chain -> chain.gate().equals(ends.gate()))
                    .findFirst();
        }

        private void add(Issue.Kind what, long at, String request, String sentence) {
            findings.add(new Issue(ends.gate(), what, at, request, sentence));
        }
    }
}
