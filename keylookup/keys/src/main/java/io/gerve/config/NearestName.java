package io.gerve.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Search for the known name that is most similar to an unknown name. */
final class NearestName {
    private NearestName() {}

    /**
     * Returns the known name with the smallest distance.
     *
     * @param distanceMax maximum number of insertions, deletions and replacements of letters
     * @return empty if no known name is within that distance
     */
    static Optional<String> to(String name, Collection<String> known, int distanceMax) {
        return known.stream()
                .filter(candidate -> distance(name, candidate) <= distanceMax)
                .min(Comparator.comparingInt(candidate -> distance(name, candidate)));
    }

    /** Returns the Levenshtein distance. */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int column = 0; column <= to.length(); column++) {
            row[column] = column;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }
}
