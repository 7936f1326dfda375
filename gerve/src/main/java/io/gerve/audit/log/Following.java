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

    /** Those since the last call, by time. */
    public List<LoggedRecord> next() throws LookupUnavailable {
        List<LoggedRecord> records = new ArrayList<>();
        for (MysqlAccessLog.Ends chain : log.chains()) {
            long from = seen.getOrDefault(chain.gate(), 0L);
            if (chain.head() > from) {
                var page = log.after(chain.gate(), from, PAGE);
                page.records().forEach(record -> seen.put(chain.gate(), record.position()));
                records.addAll(page.records());
            }
        }
        records.sort(Comparator.comparing(record -> record.record().at()));
        return records;
    }
}
