package io.gerve.packaging.agent;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Arrays;

/** Security key of type {@code sk-ssh-ed25519@openssh.com}. */
public final class Ed25519SecurityKey extends SecurityKey {
    private static final int POINT_BYTES = 32;

    private final KeyPair pair;

    public Ed25519SecurityKey() throws GeneralSecurityException {
        pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    }

    @Override
    String algorithm() {
        return "sk-ssh-ed25519@openssh.com";
    }

    @Override
    byte[] point() {
        // The point is the last field of the X.509 encoding (RFC 8410, section 4).
        byte[] encoded = pair.getPublic().getEncoded();
        return new SshBytes()
                .string(Arrays.copyOfRange(encoded, encoded.length - POINT_BYTES, encoded.length))
                .toBytes();
    }

    @Override
    byte[] sign(byte[] data) throws GeneralSecurityException {
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(pair.getPrivate());
        signature.update(data);
        return signature.sign();
    }
}
