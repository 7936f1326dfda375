package io.gerve.keylookup.policy;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gerve.config.KeyPolicySettings;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.KeyLineDiagnosis;
import io.gerve.keylookup.key.Md5Suffix;
import io.gerve.keylookup.key.PublicKey;
import io.gerve.keylookup.key.RsaModulus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Requirements on well-formed keys, at registration and afterwards at each login. Safe for use by many threads.
 */
public final class KeyPolicy {
    private static final int CACHED_MODULI_MAX = 10_000;

    private final KeyPolicySettings settings;
    private final CompromisedKeys compromised;
    /** Some milliseconds of computation for each large modulus, whose result never changes. */
    private final Cache<Fingerprint, List<KeyIssue>> modulusIssues = Caffeine.newBuilder()
            .maximumSize(CACHED_MODULI_MAX)
            .executor(Runnable::run)
            .build();

    public KeyPolicy(KeyPolicySettings settings, CompromisedKeys compromised) {
        this.settings = settings;
        this.compromised = compromised;
    }

    /** Returns all issues of a key, the most severe first. */
    public List<KeyIssue> examine(PublicKey key) {
        List<KeyIssue> issues = new ArrayList<>();
        compromised
                .reason(key.fingerprint(), Md5Suffix.ofBlob(key.blob()))
                .ifPresent(reason -> issues.add(compromisedKeyIssue(reason)));
        issues.addAll(weaknesses(key));
        return List.copyOf(issues);
    }

    /** Returns the first issue that prevents registration of the key, or empty if it can be registered. */
    public Optional<KeyIssue> refusal(PublicKey key) {
        return examine(key).stream().filter(KeyIssue::refuses).findFirst();
    }

    /**
     * Returns the issue for which the policy refuses a login with a registered key, or empty if it allows the login.
     * Does not check the lists of compromised keys.
     */
    public Optional<KeyIssue> loginRefusal(PublicKey key) {
        return switch (settings.registeredWeakKeys()) {
            case WARN -> Optional.empty();
            case REFUSE -> weaknesses(key).stream().filter(KeyIssue::refuses).findFirst();
        };
    }

    /**
     * Returns the issue of a compromised key.
     *
     * @param reason reason on the list of compromised keys; may be empty
     */
    public static KeyIssue compromisedKeyIssue(String reason) {
        return new KeyIssue(
                KeyIssue.Rule.COMPROMISED,
                "This key is compromised: others can have its private half"
                        + (reason.isEmpty() ? "" : " (" + reason + ")") + ". " + KeyLineDiagnosis.newKey());
    }

    private List<KeyIssue> weaknesses(PublicKey key) {
        return switch (key.algorithm()) {
            case RSA -> rsaIssues(key);
            // All well-formed keys of these algorithms are equally strong.
            case ED25519, ECDSA_256, ECDSA_384, ECDSA_521, SK_ED25519, SK_ECDSA_256 -> List.of();
        };
    }

    private List<KeyIssue> rsaIssues(PublicKey key) {
        List<KeyIssue> issues = new ArrayList<>();
        if (key.bits() < settings.rsaBitsMin()) {
            issues.add(new KeyIssue(
                    KeyIssue.Rule.RSA_TOO_SHORT,
                    "This RSA key has " + key.bits() + " bits; this site takes " + settings.rsaBitsMin() + " and more. "
                            + KeyLineDiagnosis.newKey()));
        }
        issues.addAll(modulusIssues.get(key.fingerprint(), _ -> modulusIssues(RsaModulus.of(key))));
        if (issues.isEmpty() && key.bits() < settings.rsaBitsRecommended()) {
            issues.add(new KeyIssue(
                    KeyIssue.Rule.RSA_SHORT,
                    "This RSA key has " + key.bits() + " bits, which is little for the years to come: "
                            + settings.rsaBitsRecommended() + " are advised. An ed25519 key is stronger and shorter."));
        }
        return issues;
    }

    private static List<KeyIssue> modulusIssues(RsaModulus modulus) {
        if (modulus.hasSmallFactor()) {
            return List.of(new KeyIssue(
                    KeyIssue.Rule.RSA_SMALL_FACTOR,
                    "This RSA key is broken: a small number divides its modulus. " + KeyLineDiagnosis.newKey()));
        }
        if (modulus.isRoca()) {
            return List.of(
                    new KeyIssue(
                            KeyIssue.Rule.RSA_ROCA,
                            "This RSA key was made by a chip or card with a broken generator (ROCA, CVE-2017-15361): its private"
                                    + " half can be computed. Make a new key with other hardware, or with ssh-keygen -t ed25519."));
        }
        if (modulus.hasCloseFactors()) {
            return List.of(new KeyIssue(
                    KeyIssue.Rule.RSA_CLOSE_PRIMES,
                    "This RSA key is broken: its two primes are so close that both can be found (CVE-2022-26320). "
                            + KeyLineDiagnosis.newKey()));
        }
        return List.of();
    }
}
