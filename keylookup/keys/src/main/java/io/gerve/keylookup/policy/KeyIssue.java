package io.gerve.keylookup.policy;

/**
 * Violation of a rule of the key policy by a well-formed key.
 *
 * @param message message for the key's owner: what is wrong and what to do
 */
public record KeyIssue(Rule rule, String message) {
    /** Rules of the key policy. The label is the name in logs, metrics and machine-readable output. */
    public enum Rule {
        COMPROMISED("compromised", Severity.REFUSED),
        RSA_TOO_SHORT("rsa_too_short", Severity.REFUSED),
        RSA_SMALL_FACTOR("rsa_small_factor", Severity.REFUSED),
        RSA_ROCA("rsa_roca", Severity.REFUSED),
        RSA_CLOSE_PRIMES("rsa_close_primes", Severity.REFUSED),
        RSA_SHORT("rsa_short", Severity.WARNING);

        private final String label;
        private final Severity severity;

        Rule(String label, Severity severity) {
            this.label = label;
            this.severity = severity;
        }

        public String label() {
            return label;
        }
    }

    private enum Severity {
        REFUSED,
        WARNING
    }

    /** Returns true if a key with this issue cannot be registered. Otherwise it is registered with a warning. */
    public boolean refuses() {
        return rule.severity == Severity.REFUSED;
    }
}
