package io.gerve.packaging.agent;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;

/** Security key of type {@code sk-ecdsa-sha2-nistp256@openssh.com}. */
public final class EcdsaSecurityKey extends SecurityKey {
    private static final int FIELD_BYTES = 32;

    private final KeyPair pair;

    public EcdsaSecurityKey() throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        pair = generator.generateKeyPair();
    }

    @Override
    String algorithm() {
        return "sk-ecdsa-sha2-nistp256@openssh.com";
    }

    @Override
    byte[] point() {
        var point = ((ECPublicKey) pair.getPublic()).getW();
        byte[] uncompressed = new SshBytes()
                .raw(4)
                .raw(fixed(point.getAffineX()))
                .raw(fixed(point.getAffineY()))
                .toBytes();
        return new SshBytes().string("nistp256").string(uncompressed).toBytes();
    }

    @Override
    byte[] sign(byte[] data) throws GeneralSecurityException {
        // This format is the concatenation of r and s, each as long as an element of the curve's field.
        Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
        signature.initSign(pair.getPrivate());
        signature.update(data);
        byte[] both = signature.sign();
        return new SshBytes()
                .mpint(new BigInteger(1, Arrays.copyOf(both, FIELD_BYTES)))
                .mpint(new BigInteger(1, Arrays.copyOfRange(both, FIELD_BYTES, both.length)))
                .toBytes();
    }

    private static byte[] fixed(BigInteger coordinate) {
        byte[] bytes = coordinate.toByteArray();
        var result = new byte[FIELD_BYTES];
        int used = Math.min(bytes.length, FIELD_BYTES);
        System.arraycopy(bytes, bytes.length - used, result, FIELD_BYTES - used, used);
        return result;
    }
}
