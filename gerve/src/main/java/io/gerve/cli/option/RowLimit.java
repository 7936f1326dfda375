package io.gerve.cli.option;

import java.util.Optional;
import picocli.CommandLine.Option;

/** Options {@code --limit} and {@code --all}, as an exclusive group. */
public final class RowLimit {
    public static final long ALL = Long.MAX_VALUE;

    @Option(names = "--limit", paramLabel = "N", description = "Print at most N rows, 1 or more.")
    private Optional<RowCount> limit = Optional.empty();

    @Option(names = "--all", description = "Print every row.")
    private boolean all;

    /** Number of rows, 1 to 999999999. */
    record RowCount(long rows) {
        static RowCount parse(String text) {
            if (!text.matches("0*[1-9][0-9]{0,8}")) {
                throw new IllegalArgumentException(
                        "is not a number of rows from 1 to 999999999. For every row use --all");
            }
            return new RowCount(Long.parseLong(text));
        }
    }

    public boolean isLimited() {
        return limit.isPresent();
    }

    /** Returns the given limit, {@link #ALL}, or the default if neither option is given. */
    public long rowsMax(long defaultRows) {
        return all ? ALL : limit.map(RowCount::rows).orElse(defaultRows);
    }
}
