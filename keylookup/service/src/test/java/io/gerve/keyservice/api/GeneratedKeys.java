package io.gerve.keyservice.api;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Base64;

/** Generator of public keys, as lines of {@code .pub} files. */
public final class GeneratedKeys {
    private GeneratedKeys() {}

    public static String ed25519() {
        byte[] encoded = generate("Ed25519", 255).getEncoded();
        byte[] point = new byte[32];
        System.arraycopy(encoded, encoded.length - 32, point, 0, 32);
        return line("ssh-ed25519", point);
    }

    public static String rsa(int bits) {
        var key = (RSAPublicKey) generate("RSA", bits);
        return line(
                "ssh-rsa",
                key.getPublicExponent().toByteArray(),
                key.getModulus().toByteArray());
    }

    private static PublicKey generate(String algorithm, int bits) {
        try {
            var generator = KeyPairGenerator.getInstance(algorithm);
            generator.initialize(bits);
            return generator.generateKeyPair().getPublic();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String line(String type, byte[]... fields) {
        var blob = ByteBuffer.allocate(4096);
        put(blob, type.getBytes(StandardCharsets.US_ASCII));
        for (byte[] field : fields) {
            put(blob, field);
        }
        byte[] bytes = new byte[blob.position()];
        blob.flip().get(bytes);
        return type + " " + Base64.getEncoder().encodeToString(bytes);
    }

    private static void put(ByteBuffer blob, byte[] field) {
        blob.putInt(field.length).put(field);
    }
}
