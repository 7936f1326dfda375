package io.gerve.keylookup.key;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Properties of the parser: each input yields a key or an {@link InvalidKey}, and a key has only one encoding. */
class KeyBlobPropertyTest {
    private final List<byte[]> valid = validBlobs();

    @Property
    void randomBytesAreRefusedWithMessage(@ForAll byte[] bytes) {
        assertKeyOrRefusal(bytes);
    }

    @Property(tries = 3000)
    void mutatedKeyIsRefusedOrCanonical(@ForAll("mutations") byte[] bytes) {
        assertKeyOrRefusal(bytes);
    }

    @Property
    void randomLinesAreRefusedWithMessage(@ForAll String text) {
        assertKeyOrRefusal(text);
        assertKeyOrRefusal("ssh-ed25519 " + text);
    }

    @Property
    void lineOfMutatedKeyIsRefusedOrCanonical(@ForAll("mutations") byte[] bytes) {
        assertKeyOrRefusal("ssh-rsa " + Base64.getEncoder().encodeToString(bytes) + " comment");
    }

    @Provide
    Arbitrary<byte[]> mutations() {
        return Arbitraries.of(valid).flatMap(KeyBlobPropertyTest::mutationsOf);
    }

    private static Arbitrary<byte[]> mutationsOf(byte[] blob) {
        Arbitrary<Integer> positions = Arbitraries.integers().between(0, blob.length - 1);
        Arbitrary<byte[]> changed = positions.flatMap(at -> Arbitraries.bytes().map(value -> {
            byte[] copy = blob.clone();
            copy[at] = value;
            return copy;
        }));
        Arbitrary<byte[]> cut = positions.map(length -> Arrays.copyOf(blob, length));
        Arbitrary<byte[]> doubled = positions.map(at -> ByteBuffer.allocate(blob.length + 1)
                .put(blob, 0, at)
                .put(blob[at])
                .put(blob, at, blob.length - at)
                .array());
        return Arbitraries.oneOf(changed, cut, doubled, Arbitraries.just(blob));
    }

    private static void assertKeyOrRefusal(byte[] bytes) {
        try {
            PublicKey key = PublicKey.ofBlob(bytes);
            assertThat(reencoded(key)).isEqualTo(bytes);
        } catch (InvalidKey invalid) {
            assertThat(invalid.getMessage()).isNotBlank();
        }
    }

    private static void assertKeyOrRefusal(String line) {
        try {
            assertThat(line.strip()).startsWith(KeyLine.parse(line).key().text());
        } catch (InvalidKey invalid) {
            assertThat(invalid.getMessage()).isNotBlank();
        }
    }

    /** Encodes the key again from its values: numbers through {@link BigInteger}, names from the enum. */
    private static byte[] reencoded(PublicKey key) {
        ByteBuffer blob = ByteBuffer.wrap(key.blob());
        field(blob);
        Blob copy = new Blob().string(key.algorithm().wireName());
        return switch (key.algorithm()) {
            case RSA ->
                copy.number(new BigInteger(1, field(blob)))
                        .number(new BigInteger(1, field(blob)))
                        .bytes();
            case ED25519 -> copy.string(field(blob)).bytes();
            case ECDSA_256, ECDSA_384, ECDSA_521 ->
                copy.string(text(field(blob))).string(field(blob)).bytes();
            case SK_ED25519 ->
                copy.string(field(blob)).string(text(field(blob))).bytes();
            case SK_ECDSA_256 ->
                copy.string("nistp256")
                        .string(afterName(blob))
                        .string(text(field(blob)))
                        .bytes();
        };
    }

    private static byte[] afterName(ByteBuffer blob) {
        field(blob);
        return field(blob);
    }

    private static byte[] field(ByteBuffer blob) {
        byte[] bytes = new byte[blob.getInt()];
        blob.get(bytes);
        return bytes;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static List<byte[]> validBlobs() {
        try {
            return List.of(
                    Blob.ed25519(),
                    Blob.ecdsa(256),
                    Blob.ecdsa(384),
                    Blob.ecdsa(521),
                    Blob.rsa(2048),
                    Blob.skEd25519("ssh:"),
                    Blob.skEcdsa("ssh:é"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
