package io.gerve.keylookup.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.config.KeyPolicySettings;
import io.gerve.keylookup.key.Blob;
import io.gerve.keylookup.key.InvalidKey;
import io.gerve.keylookup.key.PublicKey;
import io.gerve.keylookup.key.RsaModuli;
import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyPolicyTest {
    private static final BigInteger EXPONENT = BigInteger.valueOf(65_537);

    private final RsaModuli moduli = new RsaModuli();
    private final KeyPolicy policy = policy(2048, 2048, KeyPolicySettings.WeakKeys.WARN);

    @Test
    void soundKeyHasNoIssues() throws Exception {
        assertThat(policy.examine(rsa(moduli.sound()))).isEmpty();
        assertThat(policy.examine(PublicKey.ofBlob(Blob.rsa(4096)))).isEmpty();
        assertThat(policy.examine(PublicKey.ofBlob(Blob.ed25519()))).isEmpty();
        assertThat(policy.examine(PublicKey.ofBlob(Blob.ecdsa(384)))).isEmpty();
        assertThat(policy.examine(PublicKey.ofBlob(Blob.skEd25519("ssh:")))).isEmpty();
    }

    @Test
    void shortRsaKeyIsAcceptedWithWarning() throws Exception {
        var warning = policy(2048, 3072, KeyPolicySettings.WeakKeys.WARN);
        PublicKey key = rsa(moduli.sound());
        assertThat(warning.refusal(key)).isEmpty();
        assertThat(warning.examine(key))
                .containsExactly(new KeyIssue(
                        KeyIssue.Rule.RSA_SHORT,
                        "This RSA key has 2048 bits, which is little for the years to come: 3072 are advised."
                                + " An ed25519 key is stronger and shorter."));
    }

    @Test
    void rsaKeyBelowMinimumIsRefused() throws Exception {
        var strict = policy(3072, 4096, KeyPolicySettings.WeakKeys.WARN);
        assertThat(strict.refusal(rsa(moduli.sound())))
                .hasValueSatisfying(issue -> assertThat(issue.message())
                        .startsWith("This RSA key has 2048 bits; this site takes 3072 and more. Make a new key"));
        assertThat(strict.examine(PublicKey.ofBlob(Blob.rsa(3072))))
                .extracting(KeyIssue::rule)
                .containsExactly(KeyIssue.Rule.RSA_SHORT);
    }

    /**
     * The attack: from a public key that a flawed chip generated, an attacker computes the private key in days
     * (CVE-2017-15361).
     */
    @Test
    void rocaKeyIsRefused() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(rule(moduli.roca())).isEqualTo(KeyIssue.Rule.RSA_ROCA);
        }
    }

    /** The attack: Fermat's method quickly finds two primes that are close to each other (CVE-2022-26320). */
    @Test
    void closePrimesAreRefused() throws Exception {
        assertThat(rule(moduli.closePrimes())).isEqualTo(KeyIssue.Rule.RSA_CLOSE_PRIMES);
        BigInteger prime = BigInteger.ONE.shiftLeft(1024).subtract(BigInteger.valueOf(105));
        assertThat(prime.isProbablePrime(30)).isTrue();
        assertThat(rule(prime.multiply(prime))).isEqualTo(KeyIssue.Rule.RSA_CLOSE_PRIMES);
    }

    /** The attack: dividing by the small factor leaves a number that is prime or much easier to factor. */
    @ParameterizedTest
    @ValueSource(ints = {3, 65_521})
    void smallFactorsAreRefused(int factor) throws Exception {
        BigInteger modulus = moduli.smallFactor(factor);
        while (modulus.bitLength() < 2048) {
            modulus = modulus.multiply(BigInteger.valueOf(3));
        }
        assertThat(rule(modulus)).isEqualTo(KeyIssue.Rule.RSA_SMALL_FACTOR);
    }

    /** The attack: a key is so large or unusual that examining it blocks the gate. */
    @Test
    @Timeout(20)
    void examinationOfTheLargestKeyEnds() throws Exception {
        BigInteger modulus =
                BigInteger.ONE.shiftLeft(8191).setBit(0).setBit(4000).setBit(77);
        assertThat(policy.examine(rsa(modulus))).extracting(KeyIssue::rule).doesNotHaveDuplicates();
    }

    @Test
    void weakRegisteredKeyIsRefusedOnlyIfConfigured() throws Exception {
        PublicKey key = rsa(moduli.sound());
        assertThat(policy(3072, 3072, KeyPolicySettings.WeakKeys.WARN).loginRefusal(key))
                .isEmpty();
        assertThat(policy(3072, 3072, KeyPolicySettings.WeakKeys.REFUSE).loginRefusal(key))
                .isPresent();
        assertThat(policy(2048, 3072, KeyPolicySettings.WeakKeys.REFUSE).loginRefusal(key))
                .isEmpty();
    }

    private KeyIssue.Rule rule(BigInteger modulus) throws InvalidKey {
        return policy.refusal(rsa(modulus)).orElseThrow().rule();
    }

    private static PublicKey rsa(BigInteger modulus) throws InvalidKey {
        return PublicKey.ofBlob(Blob.rsa(EXPONENT, modulus));
    }

    private static KeyPolicy policy(int bitsMin, int bitsRecommended, KeyPolicySettings.WeakKeys weakKeys) {
        return new KeyPolicy(
                new KeyPolicySettings(bitsMin, bitsRecommended, weakKeys, List.of()),
                new CompromisedKeys(List.of(), System::nanoTime));
    }
}
