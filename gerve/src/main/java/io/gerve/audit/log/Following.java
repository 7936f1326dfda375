package io.gerve.audit.log;

import io.gerve.lookup.LookupUnavailable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives records as gates write them. By their places in the chains, since those are taken in turn: the numbers of rows are not, so that
 * who goes by them misses some. Used by one thread.
 */
public final class Following {
    private static final int PAGE = 500;

    private final MysqlAccessLog log;
    private final Map<String, Long> seen = new HashMap<>();

    /** What is there now counts as seen. */
    public Following(MysqlAccessLog log) throws LookupUnavailable {
        this.log = log;
        log.chains().forEach(chain -> seen.put(chain.gate(), chain.head()));
    }

    /**
     * What gates wrote.
     *
     * @param records by time
     * @param unreadable how many rows say what no gate writes: somebody changed them
     */
    public record News(List<LoggedRecord> records, int unreadable) {
        public News {
            records = List.copyOf(records);
        }
    }

    /**
     * Those since the last call that returned, at most a page of each gate.
     *
     * @throws LookupUnavailable none is lost: the next call gives them
     */
    public News next() throws LookupUnavailable {
        List<LoggedRecord> records = new ArrayList<>();
        int unreadable = 0;
        Map<String, Long> ends = new HashMap<>();
        for (MysqlAccessLog.Ends chain : log.chains()) {
            long from = seen.getOrDefault(chain.gate(), 0L);
            if (chain.head() > from) {
                var section = log.between(chain.gate(), from, chain.head(), PAGE);
                records.addAll(section.records());
                unreadable += section.unreadable();
                ends.put(chain.gate(), section.end());
            }
        }
        seen.putAll(ends);
        records.sort(Comparator.comparing(record -> record.record().at()));
        return new News(records, unreadable);
    }
}
