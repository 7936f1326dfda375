package io.gerve.ssh.ntruprime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.pqc.crypto.ntruprime.SNTRUPrimeKeyGenerationParameters;
import org.bouncycastle.pqc.crypto.ntruprime.SNTRUPrimeKeyPairGenerator;
import org.bouncycastle.pqc.crypto.ntruprime.SNTRUPrimeParameters;
import org.bouncycastle.pqc.crypto.ntruprime.SNTRUPrimePrivateKeyParameters;
import org.bouncycastle.pqc.crypto.ntruprime.SNTRUPrimePublicKeyParameters;
import org.junit.jupiter.api.Test;

/**
 * The first known answer of NIST's format for sntrup761, as the reference implementation (SUPERCOP 20210604) gives it.
 * Its text has the key pair, the encapsulation and the secret that follow from a seed; PQClean
 * ({@code crypto_kem/sntrup761/META.yml}, {@code nistkat-sha256}) and Open Quantum Safe publish its SHA-256.
 */
class Sntrup761KnownAnswerTest {
    private static final String PUBLISHED = "afc42c3a5b10f4ef69654250097ebda9b9564570f4086744b24a6daf2bd1f89a";
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    @Test
    void answerHasThePublishedHash() throws Exception {
        byte[] entropy = new byte[48];
        for (int i = 0; i < entropy.length; i++) {
            entropy[i] = (byte) i;
        }
        byte[] seed = new byte[48];
        new CounterModeRandom(entropy).nextBytes(seed);
        var random = new CounterModeRandom(seed);
        var generator = new SNTRUPrimeKeyPairGenerator();
        generator.init(
                new SNTRUPrimeKeyGenerationParameters(new PolynomialWise(random), SNTRUPrimeParameters.sntrup761));
        var pair = generator.generateKeyPair();
        byte[] publicKey = ((SNTRUPrimePublicKeyParameters) pair.getPublic()).getEncoded();
        byte[] privateKey = ((SNTRUPrimePrivateKeyParameters) pair.getPrivate()).getEncoded();
        var server = new Sntrup761(random);
        server.init(publicKey);

        String answer = "count = 0\nseed = %s\npk = %s\nsk = %s\nct = %s\nss = %s\n"
                .formatted(
                        HEX.formatHex(seed),
                        HEX.formatHex(publicKey),
                        HEX.formatHex(privateKey),
                        HEX.formatHex(server.getEncapsulation()),
                        HEX.formatHex(server.getSecret()));
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(answer.getBytes(StandardCharsets.US_ASCII));
        assertThat(HexFormat.of().formatHex(hash)).isEqualTo(PUBLISHED);
    }

    /** The reference implementation draws the integers of a polynomial at once, and BouncyCastle one by one. */
    private static final class PolynomialWise extends SecureRandom {
        private static final long serialVersionUID = 1;

        private final transient SecureRandom random;
        private final byte[] polynomial = new byte[761 * Integer.BYTES];
        private int position = polynomial.length;

        PolynomialWise(SecureRandom random) {
            this.random = random;
        }

        @Override
        public void nextBytes(byte[] bytes) {
            if (bytes.length != Integer.BYTES) {
                random.nextBytes(bytes);
                return;
            }
            if (position == polynomial.length) {
                random.nextBytes(polynomial);
                position = 0;
            }
            System.arraycopy(polynomial, position, bytes, 0, bytes.length);
            position += bytes.length;
        }
    }

    /** CTR_DRBG with AES-256 and no derivation function (NIST SP 800-90A, section 10.2.1), which known answers use. */
    private static final class CounterModeRandom extends SecureRandom {
        private static final long serialVersionUID = 1;
        private static final int KEY_BYTES = 32;
        private static final int BLOCK_BYTES = 16;
        private static final int SEED_BYTES = KEY_BYTES + BLOCK_BYTES;

        private byte[] key = new byte[KEY_BYTES];
        private byte[] counter = new byte[BLOCK_BYTES];

        CounterModeRandom(byte[] seed) {
            update(seed);
        }

        @Override
        public void nextBytes(byte[] bytes) {
            System.arraycopy(blocks(bytes.length), 0, bytes, 0, bytes.length);
            update(new byte[SEED_BYTES]);
        }

        private void update(byte[] input) {
            byte[] next = blocks(SEED_BYTES);
            for (int i = 0; i < SEED_BYTES; i++) {
                next[i] ^= input[i];
            }
            key = Arrays.copyOf(next, KEY_BYTES);
            counter = Arrays.copyOfRange(next, KEY_BYTES, SEED_BYTES);
        }

        private byte[] blocks(int length) {
            try {
                Cipher aes = Cipher.getInstance("AES/ECB/NoPadding");
                aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"));
                byte[] all = new byte[(length + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES];
                for (int i = 0; i < all.length; i += BLOCK_BYTES) {
                    increment();
                    aes.doFinal(counter, 0, BLOCK_BYTES, all, i);
                }
                return all;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        private void increment() {
            int i = BLOCK_BYTES - 1;
            while (++counter[i] == 0 && i > 0) {
                i--;
            }
        }
    }
}
