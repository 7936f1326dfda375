package io.gerve.keylookup.key;

/**
 * What the policy finds wrong with a sound key.
 *
 * @param sentence for the key's owner: what is wrong, and what to do
 */
public record KeyFinding(Rule rule, String sentence) {
    /** The rules, by the names under which logs, metrics and programs know them. */
    public enum Rule {
        COMPROMISED("compromised", Weight.REFUSED),
        RSA_TOO_SHORT("rsa_too_short", Weight.REFUSED),
        RSA_SMALL_FACTOR("rsa_small_factor", Weight.REFUSED),
        RSA_ROCA("rsa_roca", Weight.REFUSED),
        RSA_CLOSE_PRIMES("rsa_close_primes", Weight.REFUSED),
        RSA_SHORT("rsa_short", Weight.WARNED_OF);

        private final String word;
        private final Weight weight;

        Rule(String word, Weight weight) {
            this.word = word;
            this.weight = weight;
        }

        public String word() {
            return word;
        }
    }

    private enum Weight {
        REFUSED,
        WARNED_OF
    }

    /** Whether a key of which this is found is not registered; otherwise its owner is warned. */
    public boolean refuses() {
        return rule.weight == Weight.REFUSED;
    }
}
