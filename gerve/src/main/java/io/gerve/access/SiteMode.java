package io.gerve.access;

/** Whether the site takes pushes at all. */
public sealed interface SiteMode {
    record ReadWrite() implements SiteMode {}

    /** @param operatorMessage empty if none were given */
    record ReadOnly(String operatorMessage) implements SiteMode {}
}
