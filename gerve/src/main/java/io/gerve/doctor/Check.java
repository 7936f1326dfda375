package io.gerve.doctor;

import java.util.List;

/**
 * A check that can run in parallel to others.
 *
 * @param name name of its findings if it cannot be made, in snake_case
 * @param subject what it checks
 * @param work returns the findings, at least one
 */
public record Check(String name, String subject, Work work) {
    /** Work of a check. */
    public interface Work {
        /** @throws Exception if the check cannot be made; the message says why */
        List<Finding> run() throws Exception;
    }
}
