package io.gerve.packaging.agent;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;

/** FIDO authenticator in software that always reports a touch (OpenSSH's PROTOCOL.u2f). */
public abstract class SecurityKey {
    private static final String APPLICATION = "ssh:";
    private static final int USER_PRESENT = 1;

    private int counter;

    abstract String algorithm();

    /** Returns the part of the public key's blob between the algorithm and the application. */
    abstract byte[] point();

    /** Signs the data, and returns the signature as in a signature blob: raw for Ed25519, two mpints for ECDSA. */
    abstract byte[] sign(byte[] data) throws GeneralSecurityException;

    public byte[] blob() {
        return new SshBytes()
                .string(algorithm())
                .raw(point())
                .string(APPLICATION)
                .toBytes();
    }

    /** Returns the public key in the format of an authorized_keys file. */
    public String publicKey() {
        return algorithm() + " " + Base64.getEncoder().encodeToString(blob());
    }

    /**
     * Returns the signature blob. The signed data is not the message but a record with its hash (PROTOCOL.u2f, "SSH U2F
     * signatures").
     */
    byte[] signature(byte[] message) throws GeneralSecurityException {
        counter++;
        var signed = ByteBuffer.allocate(32 + 1 + 4 + 32)
                .put(sha256(APPLICATION.getBytes(java.nio.charset.StandardCharsets.US_ASCII)))
                .put((byte) USER_PRESENT)
                .putInt(counter)
                .put(sha256(message))
                .array();
        return new SshBytes()
                .string(algorithm())
                .string(sign(signed))
                .raw(USER_PRESENT)
                .uint32(counter)
                .toBytes();
    }

    private static byte[] sha256(byte[] data) throws GeneralSecurityException {
        return MessageDigest.getInstance("SHA-256").digest(data);
    }
}
