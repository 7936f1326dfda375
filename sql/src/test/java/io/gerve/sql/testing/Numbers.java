package io.gerve.sql.testing;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Whole numbers as a table to fill others from; MariaDB has such tables of its own, and MySQL has not. */
public final class Numbers {
    private static final int MORE_THAN_MAX = 10_000;

    private static final String DIGITS = IntStream.range(0, 10)
            .mapToObj(digit -> "SELECT " + digit + " AS d")
            .collect(Collectors.joining(" UNION ALL ", "(", ")"));

    private Numbers() {}

    /** What can stand behind FROM: the table {@code numbers} with the column {@code n}, from 0 on at the least and to 9999 at the most. */
    public static String between(int first, int last) {
        if (first < 0 || last >= MORE_THAN_MAX) {
            throw new IllegalArgumentException(first + " to " + last);
        }
        // By HAVING: with WHERE, MariaDB takes seconds for it.
        return ("(SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d AS n FROM %1$s AS a, %1$s AS b, %1$s AS c, %1$s AS e"
                        + " HAVING n BETWEEN %2$d AND %3$d) AS numbers")
                .formatted(DIGITS, first, last);
    }
}
