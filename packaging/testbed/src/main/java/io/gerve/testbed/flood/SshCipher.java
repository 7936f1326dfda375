package io.gerve.testbed.flood;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** One direction of {@code aes128-gcm@openssh.com} (RFC 5647). */
final class SshCipher {
    static final int KEY_BYTES = 16;
    static final int NONCE_BYTES = 12;
    static final int TAG_BYTES = 16;

    private final SecretKeySpec key;
    private final ByteBuffer nonce;

    SshCipher(byte[] key, byte[] nonce) {
        this.key = new SecretKeySpec(key, "AES");
        this.nonce = ByteBuffer.wrap(nonce.clone());
    }

    /** Returns the packet with this payload. */
    byte[] seal(byte[] payload) throws GeneralSecurityException {
        byte[] block = SshMessage.padded(payload, 0);
        byte[] length = ByteBuffer.allocate(Integer.BYTES).putInt(block.length).array();
        return new SshMessage()
                .raw(length)
                .raw(run(Cipher.ENCRYPT_MODE, length, block))
                .toBytes();
    }

    /** Returns the payload of a packet, of which the length was read. */
    byte[] open(int length, byte[] sealed) throws GeneralSecurityException {
        byte[] clearLength = ByteBuffer.allocate(Integer.BYTES).putInt(length).array();
        return SshMessage.unpadded(run(Cipher.DECRYPT_MODE, clearLength, sealed));
    }

    private byte[] run(int mode, byte[] authenticated, byte[] text) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(8 * TAG_BYTES, Arrays.copyOf(nonce.array(), NONCE_BYTES)));
        nonce.putLong(4, nonce.getLong(4) + 1);
        cipher.updateAAD(authenticated);
        return cipher.doFinal(text);
    }
}
