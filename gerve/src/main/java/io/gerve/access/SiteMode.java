package io.gerve.access;

/** Mode of the site: accepts pushes or is read-only. */
public sealed interface SiteMode {
    record ReadWrite() implements SiteMode {}

    /** @param operatorMessage reason that the operator gave; empty if none */
    record ReadOnly(String operatorMessage) implements SiteMode {}
}
