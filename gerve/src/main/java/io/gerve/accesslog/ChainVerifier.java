package io.gerve.accesslog;

import io.gerve.lookup.LookupUnavailable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Verifier of the hash chains of all gates. It reports records that were changed, removed, moved or added. Gates may
 * keep writing and records may be pruned while it runs.
 */
public final class ChainVerifier {
    private static final int PAGE = 1000;

    private final MysqlAccessLogReader log;

    public ChainVerifier(MysqlAccessLogReader log) {
        this.log = log;
    }

    /**
     * Evidence of a change that neither a gate nor {@code gerve} makes.
     *
     * @param kind the kind of change
     * @param position the position of the record in its gate's chain; if several records are missing, that of the first
     * @param request the printable id of the request; empty if there is no record
     */
    public record Issue(String gate, Kind kind, long position, String request, String description) {
        /** The kind of change. */
        public enum Kind {
            CHANGED,
            MISSING,
            REORDERED,
            ADDED
        }
    }

    /**
     * The result of verifying one chain to its end.
     *
     * @param first the position of the oldest record that is kept; greater than {@code last} if there is none
     * @param hash the hash of the last record; a copy kept elsewhere proves later that nothing before it was rewritten
     */
    public record ChainReport(String gate, long first, long last, String hash, List<Issue> issues) {
        public ChainReport {
            issues = List.copyOf(issues);
        }
    }

    /** Verifies the chains of all gates. */
    public List<ChainReport> verifyAll() throws LookupUnavailable {
        List<ChainReport> reports = new ArrayList<>();
        for (MysqlAccessLogReader.Ends ends : log.chains()) {
            reports.add(new ChainCheck(ends, log.latestTime()).verify());
        }
        List<String> gates = new ArrayList<>(log.gatesOfRecords());
        gates.removeAll(
                log.chains().stream().map(MysqlAccessLogReader.Ends::gate).toList());
        for (String gate : gates) {
            var issue = new Issue(gate, Issue.Kind.ADDED, 0, "", "has records, but no chain that they belong to");
            reports.add(new ChainReport(gate, 0, 0, HashChain.BEGINNING, List.of(issue)));
        }
        return reports;
    }

    /** Returns the newest record of each chain, ordered by gate. */
    public List<ChainHead> heads() throws LookupUnavailable {
        return log.chains().stream()
                .map(ends -> new ChainHead(ends.gate(), ends.headPosition(), ends.headHash()))
                .toList();
    }

    /**
     * Compares a chain with one of its heads that was kept elsewhere.
     *
     * @return the issue if the chain does not contain the head; empty if it does
     */
    public Optional<Issue> compare(ChainHead kept) throws LookupUnavailable {
        Optional<MysqlAccessLogReader.Ends> found = currentEnds(kept.gate());
        if (found.isEmpty()) {
            return issue(kept, Issue.Kind.MISSING, "the gate has no chain any more");
        }
        Optional<Issue> issue = compare(kept, found.get());
        if (issue.isEmpty()) {
            return issue;
        }
        // The record may have been pruned between the two queries.
        Optional<MysqlAccessLogReader.Ends> now = currentEnds(kept.gate());
        boolean wasPruned =
                now.isPresent() && now.get().anchorPosition() != found.get().anchorPosition();
        return wasPruned ? compare(kept) : issue;
    }

    private Optional<Issue> compare(ChainHead kept, MysqlAccessLogReader.Ends ends) throws LookupUnavailable {
        if (kept.position() > ends.headPosition()) {
            return issue(kept, Issue.Kind.MISSING, "the chain ends before it, at " + ends.headPosition());
        }
        if (kept.position() < ends.anchorPosition()) {
            return issue(kept, Issue.Kind.MISSING, "it was pruned, the chain begins after " + ends.anchorPosition());
        }
        String hash = kept.position() == ends.anchorPosition()
                ? ends.anchorHash()
                : log.links(kept.gate(), kept.position(), 1).stream()
                        .filter(link -> link.position() == kept.position())
                        .map(MysqlAccessLogReader.Link::hash)
                        .findFirst()
                        .orElse("");
        return hash.equals(kept.hash())
                ? Optional.empty()
                : issue(kept, Issue.Kind.CHANGED, "the chain has another record at its position");
    }

    private Optional<MysqlAccessLogReader.Ends> currentEnds(String gate) throws LookupUnavailable {
        return log.chains().stream().filter(ends -> ends.gate().equals(gate)).findFirst();
    }

    private static Optional<Issue> issue(ChainHead kept, Issue.Kind kind, String description) {
        return Optional.of(
                new Issue(kept.gate(), kind, kept.position(), "", "a head that was kept elsewhere: " + description));
    }

    /** The verification of one chain. */
    private final class ChainCheck {
        private final MysqlAccessLogReader.Ends ends;
        private final Instant latestTime;
        private final List<Issue> issues = new ArrayList<>();
        private long position;
        private String hash;

        ChainCheck(MysqlAccessLogReader.Ends ends, Instant latestTime) {
            this.ends = ends;
            this.latestTime = latestTime;
            this.position = ends.anchorPosition();
            this.hash = ends.anchorHash();
        }

        ChainReport verify() throws LookupUnavailable {
            checkBeforeAnchor();
            boolean isMore = position < ends.headPosition();
            while (isMore) {
                List<MysqlAccessLogReader.Link> page = log.links(ends.gate(), position + 1, PAGE).stream()
                        .filter(link -> link.position() <= ends.headPosition())
                        .toList();
                Set<String> repeated = page.isEmpty()
                        ? Set.of()
                        : log.repeatedRequests(
                                ends.gate(),
                                page.getFirst().position(),
                                page.getLast().position());
                for (MysqlAccessLogReader.Link link : page) {
                    check(link);
                    if (repeated.contains(link.request())) {
                        add(
                                Issue.Kind.ADDED,
                                link.position(),
                                link.request(),
                                "has the id of a request of which there is another record");
                    }
                }
                isMore = !page.isEmpty() && position < ends.headPosition();
            }
            checkEnd();
            return new ChainReport(
                    ends.gate(), ends.anchorPosition() + 1, ends.headPosition(), ends.headHash(), issues);
        }

        /** Reports the records before the anchor, at most one page of them: all of those were pruned. */
        private void checkBeforeAnchor() throws LookupUnavailable {
            for (MysqlAccessLogReader.Link link : log.links(ends.gate(), Long.MIN_VALUE, PAGE)) {
                if (link.position() <= ends.anchorPosition()) {
                    add(Issue.Kind.ADDED, link.position(), link.request(), "stands before the chain's beginning");
                }
            }
        }

        private void check(MysqlAccessLogReader.Link link) throws LookupUnavailable {
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
            if (link.at().isAfter(latestTime)) {
                add(
                        Issue.Kind.ADDED,
                        link.position(),
                        link.request(),
                        "has a time in the future: somebody added it, or the gate's clock is wrong");
            }
            position = link.position();
            hash = link.hash();
        }

        /** Returns whether the records before this one were pruned while the verification was running. */
        private boolean wasPruned(MysqlAccessLogReader.Link link) throws LookupUnavailable {
            Optional<MysqlAccessLogReader.Ends> now = currentEnds(ends.gate());
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

        private void checkEnd() throws LookupUnavailable {
            if (position < ends.headPosition()) {
                Optional<MysqlAccessLogReader.Ends> now = currentEnds(ends.gate());
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
            Optional<MysqlAccessLogReader.Ends> now = currentEnds(ends.gate());
            if (now.isPresent() && highest > now.get().headPosition()) {
                add(Issue.Kind.ADDED, highest, "", "stands beyond the chain's end");
            }
        }

        private void add(Issue.Kind kind, long at, String request, String description) {
            issues.add(new Issue(ends.gate(), kind, at, request, description));
        }
    }
}
