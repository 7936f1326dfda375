package io.gerve.accesslog;

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
public final class AccessLogTail {
    private static final int PAGE = 500;

    private final MysqlAccessLogReader log;
    private final Map<String, Long> positions = new HashMap<>();

    /** What is there now counts as seen. */
    public AccessLogTail(MysqlAccessLogReader log) throws LookupUnavailable {
        this.log = log;
        log.chains().forEach(chain -> positions.put(chain.gate(), chain.headPosition()));
    }

    /**
     * What gates wrote.
     *
     * @param records by time
     * @param unreadable how many rows say what no gate writes: somebody changed them
     */
    public record Batch(List<ChainedRecord> records, int unreadable) {
        public Batch {
            records = List.copyOf(records);
        }
    }

    /**
     * Those since the last call that returned, at most a page of each gate.
     *
     * @throws LookupUnavailable none is lost: the next call gives them
     */
    public Batch nextBatch() throws LookupUnavailable {
        List<ChainedRecord> records = new ArrayList<>();
        int unreadable = 0;
        Map<String, Long> ends = new HashMap<>();
        for (MysqlAccessLogReader.Ends chain : log.chains()) {
            long from = positions.getOrDefault(chain.gate(), 0L);
            if (chain.headPosition() > from) {
                var section = log.between(chain.gate(), from, chain.headPosition(), PAGE);
                records.addAll(section.records());
                unreadable += section.unreadable();
                ends.put(chain.gate(), section.end());
            }
        }
        positions.putAll(ends);
        records.sort(Comparator.comparing(record -> record.record().at()));
        return new Batch(records, unreadable);
    }
}
