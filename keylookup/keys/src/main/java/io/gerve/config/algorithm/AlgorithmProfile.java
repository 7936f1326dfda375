package io.gerve.config.algorithm;

/** Set of algorithm lists that a site chooses by one word. */
public enum AlgorithmProfile {
    /** What GitHub offers, so that the clients in the field can connect: also NIST curves and MACs without EtM. */
    COMPATIBLE,
    /** Only algorithms that ssh-audit does not warn about. */
    STRICT
}
