package io.gerve.audit.access;

/** Which repositories of an account are listed: those that it was granted a right to, or also those that everybody can read. */
public enum AccessScope {
    GRANTED,
    GRANTED_AND_PUBLIC
}
