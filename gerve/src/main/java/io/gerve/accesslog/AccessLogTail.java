package io.gerve.accesslog;

import io.gerve.lookup.LookupUnavailable;
import io.gerve.program.RequestId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Follower of the access log: returns records as the gates write them. It reads by the position in each gate's chain,
 * because positions become visible in order; row ids do not, so a reader that follows row ids misses some records.
 * Confined to one thread.
 */
public final class AccessLogTail {
    private static final int PAGE = 500;

    private final MysqlAccessLogReader log;
    private final Map<String, Long> positions = new HashMap<>();

    /** Starts after the records that exist now. */
    public AccessLogTail(MysqlAccessLogReader log) throws LookupUnavailable {
        this.log = log;
        log.chains().forEach(chain -> positions.put(chain.gate(), chain.headPosition()));
    }

    /**
     * A batch of new records.
     *
     * @param records ordered by time
     * @param unreadable the number of rows that cannot be read: somebody changed them to values that no gate writes
     * @param setBack the gates whose chain has a head that somebody moved back; later batches have the records after
     *     the present head
     */
    public record Batch(List<ChainedRecord> records, int unreadable, List<String> setBack) {
        public Batch {
            records = List.copyOf(records);
            setBack = List.copyOf(setBack);
        }
    }

    /**
     * Returns the records written since the last successful call, at most one page for each gate. If a request has both
     * its begin record and its end record in this batch, only the end record is returned. If an earlier batch had the
     * begin record, a later one has the end record, with the same request id.
     *
     * @throws LookupUnavailable if the database does not answer; no record is lost, the next call returns them
     */
    public Batch nextBatch() throws LookupUnavailable {
        List<ChainedRecord> records = new ArrayList<>();
        List<String> setBack = new ArrayList<>();
        int unreadable = 0;
        Map<String, Long> ends = new HashMap<>();
        for (MysqlAccessLogReader.Ends chain : log.chains()) {
            long from = positions.getOrDefault(chain.gate(), 0L);
            if (chain.headPosition() > from) {
                var section = log.between(chain.gate(), from, chain.headPosition(), PAGE);
                records.addAll(section.records());
                unreadable += section.unreadable();
                ends.put(chain.gate(), section.end());
            } else if (chain.headPosition() < from) {
                setBack.add(chain.gate());
                ends.put(chain.gate(), chain.headPosition());
            }
        }
        positions.putAll(ends);
        Set<RequestId> ended = records.stream()
                .map(ChainedRecord::record)
                .filter(record -> !record.isBegin())
                .map(AccessLogRecord::id)
                .collect(Collectors.toSet());
        records.removeIf(record ->
                record.record().isBegin() && ended.contains(record.record().id()));
        records.sort(Comparator.comparing(record -> record.record().at()));
        return new Batch(records, unreadable, setBack);
    }
}
