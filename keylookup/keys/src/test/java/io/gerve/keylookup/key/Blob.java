package io.gerve.keylookup.key;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;

/** Writer of valid and invalid key blobs. */
public final class Blob {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    public static byte[] rsa(int bits) throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(bits);
        var key = (RSAPublicKey) generator.generateKeyPair().getPublic();
        return rsa(key.getPublicExponent(), key.getModulus());
    }

    public static byte[] rsa(BigInteger exponent, BigInteger modulus) {
        return new Blob().string("ssh-rsa").number(exponent).number(modulus).bytes();
    }

    public static byte[] ed25519() throws GeneralSecurityException {
        return ed25519(ed25519Point());
    }

    public static byte[] ed25519(byte[] point) {
        return new Blob().string("ssh-ed25519").string(point).bytes();
    }

    static byte[] ed25519Point() throws GeneralSecurityException {
        var key = (EdECPublicKey)
                KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic();
        byte[] point = littleEndian(key.getPoint().getY());
        if (key.getPoint().isXOdd()) {
            point[31] |= (byte) 0x80;
        }
        return point;
    }

    static byte[] littleEndian(BigInteger number) {
        byte[] bytes = new byte[32];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = number.shiftRight(8 * i).byteValue();
        }
        return bytes;
    }

    public static byte[] ecdsa(int bits) throws GeneralSecurityException {
        return new Blob()
                .string("ecdsa-sha2-nistp" + bits)
                .string("nistp" + bits)
                .string(ecPoint(bits))
                .bytes();
    }

    static byte[] ecPoint(int bits) throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp" + bits + "r1"));
        var point = ((ECPublicKey) generator.generateKeyPair().getPublic()).getW();
        int length = (bits + 7) / 8;
        var bytes = ByteBuffer.allocate(1 + 2 * length).put((byte) 4);
        bytes.put(padded(point.getAffineX(), length)).put(padded(point.getAffineY(), length));
        return bytes.array();
    }

    public static byte[] skEd25519(String application) throws GeneralSecurityException {
        return new Blob()
                .string("sk-ssh-ed25519@openssh.com")
                .string(ed25519Point())
                .string(application)
                .bytes();
    }

    static byte[] skEcdsa(String application) throws GeneralSecurityException {
        return new Blob()
                .string("sk-ecdsa-sha2-nistp256@openssh.com")
                .string("nistp256")
                .string(ecPoint(256))
                .string(application)
                .bytes();
    }

    Blob string(String text) {
        return string(text.getBytes(StandardCharsets.UTF_8));
    }

    Blob string(byte[] content) {
        bytes.writeBytes(ByteBuffer.allocate(4).putInt(content.length).array());
        bytes.writeBytes(content);
        return this;
    }

    Blob number(BigInteger number) {
        return string(number.toByteArray());
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }

    private static byte[] padded(BigInteger number, int length) {
        byte[] bytes = number.toByteArray();
        byte[] padded = new byte[length];
        int from = Math.max(0, bytes.length - length);
        byte[] significant = Arrays.copyOfRange(bytes, from, bytes.length);
        System.arraycopy(significant, 0, padded, length - significant.length, significant.length);
        return padded;
    }
}
