package io.gerve.keylookup.policy;

import io.gerve.config.KeyPolicySettings;
import io.gerve.keylookup.key.KeyLineDiagnosis;
import io.gerve.keylookup.key.Md5Suffix;
import io.gerve.keylookup.key.PublicKey;
import io.gerve.keylookup.key.RsaModulus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is asked of keys beyond being whole, when they are registered and, for keys that are registered, ever after.
 * Safe for use by many threads.
 */
public final class KeyPolicy {
    private final KeyPolicySettings settings;
    private final CompromisedKeys compromised;

    public KeyPolicy(KeyPolicySettings settings, CompromisedKeys compromised) {
        this.settings = settings;
        this.compromised = compromised;
    }

    /** All that is wrong with a key, the worst first; empty if nothing is. */
    public List<KeyIssue> examine(PublicKey key) {
        List<KeyIssue> findings = new ArrayList<>();
        compromised
                .reason(key.fingerprint(), Md5Suffix.ofBlob(key.blob()))
                .ifPresent(why -> findings.add(ofCompromised(why)));
        findings.addAll(weaknesses(key));
        return List.copyOf(findings);
    }

    /** @return the first reason not to register the key, or empty if it may be registered */
    public Optional<KeyIssue> refusal(PublicKey key) {
        return examine(key).stream().filter(KeyIssue::refuses).findFirst();
    }

    /** @return why a key that is registered may not log in by the site's rules; whether it is compromised is not looked at */
    public Optional<KeyIssue> barsLogin(PublicKey key) {
        return switch (settings.registeredWeakKeys()) {
            case WARN -> Optional.empty();
            case REFUSE -> weaknesses(key).stream().filter(KeyIssue::refuses).findFirst();
        };
    }

    public static KeyIssue ofCompromised(String why) {
        return new KeyIssue(
                KeyIssue.Rule.COMPROMISED,
                "This key is compromised: others can have its private half" + (why.isEmpty() ? "" : " (" + why + ")")
                        + ". " + KeyLineDiagnosis.newKey());
    }

    private List<KeyIssue> weaknesses(PublicKey key) {
        return switch (key.algorithm()) {
            case RSA -> ofRsa(key);
            // Every such key of its length that is whole is as good as any other.
            case ED25519, ECDSA_256, ECDSA_384, ECDSA_521, SK_ED25519, SK_ECDSA_256 -> List.of();
        };
    }

    private List<KeyIssue> ofRsa(PublicKey key) {
        List<KeyIssue> findings = new ArrayList<>();
        if (key.bits() < settings.rsaBitsMin()) {
            findings.add(new KeyIssue(
                    KeyIssue.Rule.RSA_TOO_SHORT,
                    "This RSA key has " + key.bits() + " bits; this site takes " + settings.rsaBitsMin() + " and more. "
                            + KeyLineDiagnosis.newKey()));
        }
        findings.addAll(ofModulus(RsaModulus.of(key)));
        if (findings.isEmpty() && key.bits() < settings.rsaBitsRecommended()) {
            findings.add(new KeyIssue(
                    KeyIssue.Rule.RSA_SHORT,
                    "This RSA key has " + key.bits() + " bits, which is little for the years to come: "
                            + settings.rsaBitsRecommended() + " are advised. An ed25519 key is stronger and shorter."));
        }
        return findings;
    }

    private static List<KeyIssue> ofModulus(RsaModulus modulus) {
        if (modulus.hasSmallFactor()) {
            return List.of(new KeyIssue(
                    KeyIssue.Rule.RSA_SMALL_FACTOR,
                    "This RSA key is broken: a small number divides its modulus. " + KeyLineDiagnosis.newKey()));
        }
        if (modulus.isRoca()) {
            return List.of(new KeyIssue(
                    KeyIssue.Rule.RSA_ROCA,
                    "This RSA key was made by a chip or card with a broken generator (ROCA, CVE-2017-15361): its private half can"
                            + " be computed. Make a new key with other hardware, or with ssh-keygen -t ed25519."));
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
