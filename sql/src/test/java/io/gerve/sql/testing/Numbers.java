package io.gerve.sql.testing;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** SQL table of whole numbers for filling other tables. MariaDB has a sequence engine for this; MySQL has none. */
public final class Numbers {
    private static final int END = 10_000;

    private static final String DIGITS = IntStream.range(0, 10)
            .mapToObj(digit -> "SELECT " + digit + " AS d")
            .collect(Collectors.joining(" UNION ALL ", "(", ")"));

    private Numbers() {}

    /**
     * Returns a table expression for FROM: the table {@code numbers} with the column {@code n}.
     *
     * @param first first number, at least 0
     * @param last last number, at most 9999
     */
    public static String between(int first, int last) {
        if (first < 0 || last >= END) {
            throw new IllegalArgumentException("numbers must be 0 to " + (END - 1) + ", not " + first + " to " + last);
        }
        // HAVING instead of WHERE, with which MariaDB takes seconds.
        return ("(SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d AS n FROM %1$s AS a, %1$s AS b, %1$s AS c, %1$s AS e"
                        + " HAVING n BETWEEN %2$d AND %3$d) AS numbers")
                .formatted(DIGITS, first, last);
    }
}
