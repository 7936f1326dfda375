package io.gerve.doctor;

/** Severity of a finding. */
public enum Severity {
    OK,
    /** Something will fail later, or is not as it should be; the site serves its users. */
    WARNING,
    /** Something fails. */
    ERROR,
    /** The check could not be made, so nothing may be concluded. */
    UNKNOWN
}
