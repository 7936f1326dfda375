package io.gerve.keylookup.policy;

/**
 * What the policy finds wrong with a sound key.
 *
 * @param message for the key's owner: what is wrong, and what to do
 */
public record KeyIssue(Rule rule, String message) {
    /** The rules, by the names under which logs, metrics and programs know them. */
    public enum Rule {
        COMPROMISED("compromised", Severity.REFUSED),
        RSA_TOO_SHORT("rsa_too_short", Severity.REFUSED),
        RSA_SMALL_FACTOR("rsa_small_factor", Severity.REFUSED),
        RSA_ROCA("rsa_roca", Severity.REFUSED),
        RSA_CLOSE_PRIMES("rsa_close_primes", Severity.REFUSED),
        RSA_SHORT("rsa_short", Severity.WARNED_OF);

        private final String label;
        private final Severity severity;

        Rule(String word, Severity weight) {
            this.label = word;
            this.severity = weight;
        }

        public String label() {
            return label;
        }
    }

    private enum Severity {
        REFUSED,
        WARNED_OF
    }

    /** Whether a key of which this is found is not registered; otherwise its owner is warned. */
    public boolean refuses() {
        return rule.severity == Severity.REFUSED;
    }
}
