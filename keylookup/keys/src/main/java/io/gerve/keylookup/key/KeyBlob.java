package io.gerve.keylookup.key;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Parser of key blobs. Only one encoding of each field is accepted, so that an accepted key re-encodes to the same
 * bytes.
 */
final class KeyBlob {
    /**
     * Application string of a security key, which binds the key to its use (PROTOCOL.u2f). ssh-keygen creates no
     * others.
     */
    private static final Pattern APPLICATION = Pattern.compile("ssh:[^\\p{C}]*");

    private static final int APPLICATION_BYTES_MAX = 255;

    private KeyBlob() {}

    static PublicKey read(byte[] bytes) throws InvalidKey {
        BlobReader blob = new BlobReader(bytes);
        KeyAlgorithm algorithm = algorithm(blob.name());
        int bits = switch (algorithm) {
            case ED25519 -> Ed25519Point.read(blob);
            case ECDSA_256 -> NistCurve.P256.read(blob);
            case ECDSA_384 -> NistCurve.P384.read(blob);
            case ECDSA_521 -> NistCurve.P521.read(blob);
            case RSA -> RsaParameters.read(blob);
            case SK_ED25519 -> withApplication(Ed25519Point.read(blob), blob);
            case SK_ECDSA_256 -> withApplication(NistCurve.P256.read(blob), blob);
        };
        blob.end();
        return new PublicKey(algorithm, bits, bytes);
    }

    private static KeyAlgorithm algorithm(String name) throws InvalidKey {
        if (name.equals("ssh-dss")) {
            throw KeyLineDiagnosis.dsa();
        }
        if (name.endsWith("-cert-v01@openssh.com")) {
            throw KeyLineDiagnosis.certificate();
        }
        return KeyAlgorithm.ofWireName(name).orElseThrow(KeyLineDiagnosis::unknown);
    }

    private static int withApplication(int bits, BlobReader blob) throws InvalidKey {
        byte[] bytes = blob.string(APPLICATION_BYTES_MAX);
        try {
            String application = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            if (APPLICATION.matcher(application).matches()) {
                return bits;
            }
        } catch (CharacterCodingException _) {
            // Reported below.
        }
        throw new InvalidKey("This security key was not made for SSH: its application does not begin with ssh:. "
                + "Create a new one with ssh-keygen -t ed25519-sk.");
    }
}
