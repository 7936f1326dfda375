package io.gerve.ssh.ntruprime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.TreeSet;
import org.bouncycastle.pqc.crypto.ntruprime.SNTRUPrimeKEMExtractor;
import org.bouncycastle.pqc.crypto.ntruprime.SNTRUPrimeKEMGenerator;
import org.bouncycastle.pqc.crypto.ntruprime.SNTRUPrimeKeyGenerationParameters;
import org.bouncycastle.pqc.crypto.ntruprime.SNTRUPrimeKeyPairGenerator;
import org.bouncycastle.pqc.crypto.ntruprime.SNTRUPrimeParameters;
import org.bouncycastle.pqc.crypto.ntruprime.SNTRUPrimePrivateKeyParameters;
import org.bouncycastle.pqc.crypto.ntruprime.SNTRUPrimePublicKeyParameters;
import org.junit.jupiter.api.Test;

/**
 * Compares the server side of sntrup761 with BouncyCastle's implementation. The tests with OpenSSH clients compare it
 * with OpenSSH's.
 */
class Sntrup761Test {
    private static final int KEYS = 5;
    private static final int SECRETS_PER_KEY = 20;
    private static final SecureRandom RANDOM = new SecureRandom();

    @Test
    void privateKeyDecapsulatesTheSecret() {
        var generator = new SNTRUPrimeKeyPairGenerator();
        generator.init(new SNTRUPrimeKeyGenerationParameters(RANDOM, SNTRUPrimeParameters.sntrup761));
        var secrets = new TreeSet<String>();
        for (int key = 0; key < KEYS; key++) {
            var pair = generator.generateKeyPair();
            byte[] publicKey = ((SNTRUPrimePublicKeyParameters) pair.getPublic()).getEncoded();
            var client = new SNTRUPrimeKEMExtractor((SNTRUPrimePrivateKeyParameters) pair.getPrivate());
            for (int i = 0; i < SECRETS_PER_KEY; i++) {
                var server = new Sntrup761(RANDOM);
                assertThat(server.init(publicKey)).isEmpty();
                assertThat(server.getEncapsulation()).hasSize(client.getEncapsulationLength());
                assertThat(server.getSecret()).hasSize(32).isEqualTo(client.extractSecret(server.getEncapsulation()));
                secrets.add(HexFormat.of().formatHex(server.getSecret()));
            }
        }
        assertThat(secrets).hasSize(KEYS * SECRETS_PER_KEY);
    }

    /** Compares the drawing of the secret too, whose distribution a client cannot observe. */
    @Test
    void sameRandomNumbersYieldTheLibrarysSecret() {
        for (int seed = 0; seed < 20; seed++) {
            byte[] publicKey = new byte[1158];
            new Random(seed).nextBytes(publicKey);
            // A larger last byte is not the end of any valid key, and implementations differ on invalid keys.
            publicKey[1157] = 0;
            var library = new SNTRUPrimeKEMGenerator(new Repeatable(seed))
                    .generateEncapsulated(new SNTRUPrimePublicKeyParameters(SNTRUPrimeParameters.sntrup761, publicKey));
            var ours = new Sntrup761(new Repeatable(seed));
            ours.init(publicKey);
            assertThat(ours.getEncapsulation()).isEqualTo(library.getEncapsulation());
            assertThat(ours.getSecret()).isEqualTo(library.getSecret());
        }
    }

    @Test
    void secretBeforePublicKeyIsAnError() {
        assertThatIllegalStateException().isThrownBy(() -> new Sntrup761(RANDOM).getSecret());
        assertThatIllegalStateException().isThrownBy(() -> new Sntrup761(RANDOM).getEncapsulation());
    }

    @Test
    void bytesAfterThePublicKeyAreReturned() {
        byte[] sent = new byte[1158 + 32];
        Arrays.fill(sent, 1158, sent.length, (byte) 7);
        assertThat(new Sntrup761(RANDOM).init(sent)).hasSize(32).containsOnly(7);
        assertThatIllegalArgumentException().isThrownBy(() -> new Sntrup761(RANDOM).init(new byte[1157]));
    }

    /**
     * The attack: a client sends bytes that are not a public key. The result must be a useless encapsulation, not an
     * exception.
     */
    @Test
    void anyBytesAreAcceptedAsAPublicKey() {
        var random = new Random(1);
        byte[] sent = new byte[1158];
        for (int i = 0; i < 200; i++) {
            random.nextBytes(sent);
            var server = new Sntrup761(RANDOM);
            server.init(sent);
            assertThat(server.getEncapsulation()).hasSize(1039);
        }
        Arrays.fill(sent, (byte) 0xff);
        new Sntrup761(RANDOM).init(sent);
    }

    @Test
    void decodedNumbersEqualTheEncodedOnes() {
        var random = new Random(2);
        for (int modulus : new int[] {2, 255, 256, 257, 1531, 4591, 16383}) {
            for (int count : new int[] {1, 2, 3, 7, 64, 761}) {
                int[] numbers = random.ints(count, 0, modulus).toArray();
                byte[] bytes = MixedRadix.encode(numbers, modulus, 2 * count);
                assertThat(MixedRadix.decode(bytes, modulus, count)).isEqualTo(numbers);
            }
        }
    }

    /** Random generator that yields the same sequence for the same seed, however the requests split it. */
    private static final class Repeatable extends SecureRandom {
        private static final long serialVersionUID = 1;

        private final transient Random random;

        Repeatable(long seed) {
            this.random = new Random(seed);
        }

        @Override
        public void nextBytes(byte[] bytes) {
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) random.nextInt();
            }
        }
    }
}
