package io.gerve.testbed.quickstart;

import io.gerve.testbed.process.CommandResult;
import java.util.Optional;

/**
 * A command of the tour, and what must come of it.
 *
 * @param title what it shows
 * @param status what it must exit with
 * @param expected what its output must contain
 */
record TourStep(String title, String command, int status, String expected) {
    /** @return empty if the command did what it should */
    Optional<String> complaintAbout(CommandResult finished) {
        if (finished.status() != status) {
            return Optional.of("exit status " + finished.status() + " instead of " + status);
        }
        return finished.output().contains(expected)
                ? Optional.empty()
                : Optional.of("its output does not contain: " + expected);
    }
}
