package io.gerve.keylookup.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublicKeyTest {
    private static final BigInteger F4 = BigInteger.valueOf(65537);

    @Test
    void eachAlgorithmIsParsed() throws Exception {
        assertParses(Blob.ed25519(), KeyAlgorithm.ED25519, 256);
        assertParses(Blob.ecdsa(256), KeyAlgorithm.ECDSA_256, 256);
        assertParses(Blob.ecdsa(384), KeyAlgorithm.ECDSA_384, 384);
        assertParses(Blob.ecdsa(521), KeyAlgorithm.ECDSA_521, 521);
        assertParses(Blob.rsa(2048), KeyAlgorithm.RSA, 2048);
        assertParses(Blob.skEd25519("ssh:"), KeyAlgorithm.SK_ED25519, 256);
        assertParses(Blob.skEcdsa("ssh:laptop"), KeyAlgorithm.SK_ECDSA_256, 256);
    }

    @Test
    void keyWithTrailingOrMissingByteIsRefused() throws Exception {
        for (byte[] blob : new byte[][] {Blob.ed25519(), Blob.ecdsa(256), Blob.rsa(2048), Blob.skEd25519("ssh:")}) {
            assertRefused(Arrays.copyOf(blob, blob.length + 1), "damaged");
            assertRefused(Arrays.copyOf(blob, blob.length - 1), "damaged");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 1024, 2047, 8193, 16384, 65536})
    void rsaKeyOfUnsupportedSizeIsRefused(int bits) {
        BigInteger modulus = BigInteger.TWO.pow(bits).subtract(BigInteger.ONE);
        assertRefused(Blob.rsa(F4, modulus), "This RSA key has " + bits + " bits; Gerve accepts 2048 to 8192");
    }

    @Test
    void rsaKeyAtSizeLimitsIsAccepted() throws Exception {
        assertParses(Blob.rsa(F4, BigInteger.TWO.pow(2048).subtract(BigInteger.ONE)), KeyAlgorithm.RSA, 2048);
        assertParses(
                Blob.rsa(BigInteger.valueOf(3), BigInteger.TWO.pow(8192).subtract(BigInteger.ONE)),
                KeyAlgorithm.RSA,
                8192);
    }

    @Test
    void invalidRsaParametersAreRefused() {
        BigInteger modulus = BigInteger.TWO.pow(2048).subtract(BigInteger.ONE);
        assertRefused(Blob.rsa(BigInteger.ONE, modulus), "exponent");
        assertRefused(Blob.rsa(BigInteger.valueOf(65536), modulus), "exponent");
        assertRefused(Blob.rsa(BigInteger.TWO.pow(64).add(BigInteger.ONE), modulus), "exponent");
        assertRefused(Blob.rsa(F4, modulus.subtract(BigInteger.ONE)), "even");
        assertRefused(Blob.rsa(BigInteger.ZERO, modulus), "damaged");
        assertRefused(Blob.rsa(F4.negate(), modulus), "damaged");
        assertRefused(Blob.rsa(F4, modulus.negate()), "damaged");
    }

    /** With a redundant leading zero, the same key would have two fingerprints. */
    @Test
    void numberWithRedundantLeadingZeroIsRefused() {
        byte[] padded = new byte[] {0, 1, 0, 1};
        byte[] blob = new Blob()
                .string("ssh-rsa")
                .string(padded)
                .number(BigInteger.TWO.pow(2048).subtract(BigInteger.ONE))
                .bytes();
        assertRefused(blob, "damaged");
    }

    @Test
    void ecPointOffCurveIsRefused() throws Exception {
        byte[] point = Blob.ecPoint(256);
        point[64] ^= 1;
        assertRefused(ecdsa256(point), "not on its curve");
    }

    @Test
    void ecPointInOtherFormIsRefused() throws Exception {
        byte[] point = Blob.ecPoint(256);
        byte[] compressed = Arrays.copyOf(point, 33);
        compressed[0] = 2;
        byte[] hybrid = point.clone();
        hybrid[0] = 6;
        assertRefused(ecdsa256(compressed), "uncompressed");
        assertRefused(ecdsa256(hybrid), "uncompressed");
        assertRefused(ecdsa256(new byte[] {0}), "uncompressed");
        assertRefused(ecdsa256(new byte[0]), "uncompressed");
    }

    @Test
    void ecKeyWithTwoCurvesIsRefused() throws Exception {
        byte[] blob = new Blob()
                .string("ecdsa-sha2-nistp256")
                .string("nistp384")
                .string(Blob.ecPoint(384))
                .bytes();
        assertRefused(blob, "names one curve in its type and another in its body");
    }

    /** The y coordinates of the eight points of small order, with both signs, as published for curve25519. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000000000000000000000000000000000000000000000000000000000000000",
                "0000000000000000000000000000000000000000000000000000000000000080",
                "0100000000000000000000000000000000000000000000000000000000000000",
                "0100000000000000000000000000000000000000000000000000000000000080",
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
                "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"
            })
    void ed25519KeyOfSmallOrderIsRefused(String point) {
        assertRefused(Blob.ed25519(HexFormat.of().parseHex(point)), "broken");
    }

    /** y + p is another encoding of y, so the same key would have two fingerprints. */
    @Test
    void ed25519KeyWithUnreducedNumberIsRefused() {
        BigInteger p = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
        for (int y = 0; y < 19; y++) {
            assertRefused(Blob.ed25519(Blob.littleEndian(p.add(BigInteger.valueOf(y)))), "broken");
        }
    }

    /**
     * Half of all numbers are not the y coordinate of a point. These are the first ones that OpenSSL's decoder refuses.
     */
    @ParameterizedTest
    @ValueSource(ints = {2, 7, 8})
    void ed25519KeyOffCurveIsRefused(int y) {
        assertRefused(Blob.ed25519(Blob.littleEndian(BigInteger.valueOf(y))), "broken");
    }

    @Test
    void ed25519KeyOfOtherLengthIsRefused() {
        assertRefused(Blob.ed25519(new byte[31]), "damaged");
        assertRefused(Blob.ed25519(new byte[33]), "damaged");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "http://example.org", "ssh", "ssh:\n", "ssh:\u202e"})
    void securityKeyForOtherApplicationIsRefused(String application) throws Exception {
        assertRefused(Blob.skEd25519(application), "application");
        assertRefused(Blob.skEcdsa(application), "application");
    }

    @Test
    void applicationOfSecurityKeyMustBeShortUtf8() throws Exception {
        assertRefused(Blob.skEd25519("ssh:" + "x".repeat(252)), "damaged");
        byte[] latin1 = "ssh:é".getBytes(StandardCharsets.ISO_8859_1);
        assertRefused(
                new Blob()
                        .string("sk-ssh-ed25519@openssh.com")
                        .string(Blob.ed25519Point())
                        .string(latin1)
                        .bytes(),
                "application");
    }

    @Test
    void dsaKeyCertificateAndUnknownTypeAreRefused() throws Exception {
        assertRefused(
                new Blob().string("ssh-dss").string(new byte[128]).bytes(), "DSA keys (ssh-dss) are no longer safe");
        assertRefused(
                new Blob()
                        .string("ssh-ed25519-cert-v01@openssh.com")
                        .string(Blob.ed25519Point())
                        .bytes(),
                "This is a certificate");
        assertRefused(
                new Blob().string("ssh-ed448").string(new byte[57]).bytes(),
                "not a public key of a type that Gerve accepts");
    }

    @Test
    void lengthBeyondEndIsRefused() {
        assertRefused(HexFormat.of().parseHex("7fffffff00"), "damaged");
        assertRefused(HexFormat.of().parseHex("ffffffff00"), "damaged");
        assertRefused(new byte[0], "damaged");
        assertRefused(new byte[3], "damaged");
    }

    private static byte[] ecdsa256(byte[] point) {
        return new Blob()
                .string("ecdsa-sha2-nistp256")
                .string("nistp256")
                .string(point)
                .bytes();
    }

    private static void assertParses(byte[] blob, KeyAlgorithm algorithm, int bits) throws InvalidKey {
        PublicKey key = PublicKey.ofBlob(blob);
        assertThat(key.algorithm()).isEqualTo(algorithm);
        assertThat(key.bits()).isEqualTo(bits);
        assertThat(key.blob()).isEqualTo(blob);
        assertThat(PublicKey.ofLine(key.text())).isEqualTo(key);
    }

    private static void assertRefused(byte[] blob, String message) {
        assertThatExceptionOfType(InvalidKey.class)
                .isThrownBy(() -> PublicKey.ofBlob(blob))
                .withMessageContaining(message);
    }
}
