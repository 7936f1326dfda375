package io.gerve.access;

/** Whether the site takes pushes at all. */
public sealed interface SiteSwitch {
    record ReadWrite() implements SiteSwitch {}

    /** @param operatorsWords empty if none were given */
    record ReadOnly(String operatorsWords) implements SiteSwitch {}
}
