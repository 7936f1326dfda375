package io.gerve.doctor;

import io.gerve.logging.TextEscaper;
import java.util.List;

/**
 * Result of a check. The texts may quote a file server, Redis or the database, so they are truncated and escaped for
 * one line.
 *
 * @param name name of the check, in snake_case
 * @param subject what was checked: an address, a host, a file
 * @param what what is wrong; if nothing is, a fact such as a version, or empty
 * @param advice what to do, with the command to type; empty if there is nothing to do
 */
public record Finding(String name, String subject, Severity severity, String what, String advice) {
    private static final int CHARACTERS_MAX = 1000;

    public Finding {
        subject = TextEscaper.excerpt(subject, CHARACTERS_MAX);
        what = TextEscaper.excerpt(what, CHARACTERS_MAX);
        advice = TextEscaper.excerpt(advice, CHARACTERS_MAX);
    }

    /** Returns whether one of the findings has the severity. */
    public static boolean any(List<Finding> findings, Severity severity) {
        return findings.stream().anyMatch(finding -> finding.severity() == severity);
    }
}
