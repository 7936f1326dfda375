package io.gerve.testbed.flood;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.interfaces.XECPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Arrays;
import java.util.List;
import javax.crypto.KeyAgreement;
import org.jspecify.annotations.Nullable;

/**
 * Client that speaks SSH with one algorithm of each kind, and believes any host key. All clients share one key pair for
 * their key exchanges, so that an exchange costs the client less than the gate.
 */
abstract class SshFloodClient extends FloodClient {
    static final int KEXINIT = 20;
    static final int EXCHANGE_INIT = 30;
    static final int EXCHANGE_REPLY = 31;
    static final int SERVICE_ACCEPT = 6;
    static final int SERVICE_REQUEST = 5;
    static final int AUTHENTICATION_REQUEST = 50;
    static final int AUTHENTICATION_SUCCESS = 52;
    static final int GLOBAL_REQUEST = 80;
    static final int REQUEST_FAILURE = 82;

    private static final int NEWKEYS = 21;
    private static final String VERSION = "SSH-2.0-flood";
    private static final int KEY_BYTES = 32;
    private static final KeyPair EXCHANGE_KEY = newExchangeKey();
    private static final byte[] OWN_KEXINIT = newKexinit();

    private byte[] input = {};
    private String gateVersion = "";
    private byte[] gateKexinit = {};
    private byte[] exchangeHash = {};
    private byte[] sharedSecret = {};
    private @Nullable SshCipher toGate;
    private @Nullable SshCipher fromGate;

    /** Runs when a message has arrived that does not belong to the key exchange. */
    abstract void received(int number, byte[] message) throws IOException;

    /** Runs when the keys are exchanged. */
    abstract void encrypted() throws IOException;

    /** Answers the gate's KEXINIT. */
    void exchangeBegun() throws IOException {
        sendExchangeInit();
    }

    /** Runs when the gate has computed the exchange. Finishes it. */
    void exchangeReplied(byte[] reply) throws IOException {
        agree(reply);
        sendMessage(SshMessage.of(NEWKEYS));
        toGate = cipher('A', 'C');
    }

    /** Sends the identification string and the KEXINIT. */
    @Override
    final void connected() {
        send((VERSION + "\r\n").getBytes(StandardCharsets.US_ASCII));
        send(new SshMessage().raw(OWN_KEXINIT).asPacket());
    }

    final void sendExchangeInit() throws IOException {
        sendMessage(SshMessage.of(EXCHANGE_INIT).string(publicKey()));
    }

    final void sendMessage(SshMessage message) throws IOException {
        SshCipher cipher = toGate;
        try {
            send(cipher == null ? message.asPacket() : cipher.seal(message.toBytes()));
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    /** Returns the hash of the first key exchange, which identifies the session. */
    final byte[] sessionId() {
        return exchangeHash.clone();
    }

    @Override
    final void received(ByteBuffer bytes) throws IOException {
        byte[] all = Arrays.copyOf(input, input.length + bytes.remaining());
        bytes.get(all, input.length, bytes.remaining());
        var rest = ByteBuffer.wrap(all);
        while (!hasEnded() && readNext(rest)) {
            // Each turn handles a line or a packet.
        }
        input = Arrays.copyOfRange(all, rest.position(), rest.limit());
    }

    private boolean readNext(ByteBuffer rest) throws IOException {
        if (gateVersion.isEmpty()) {
            return readVersion(rest);
        }
        SshCipher cipher = fromGate;
        int tag = cipher == null ? 0 : SshCipher.TAG_BYTES;
        if (rest.remaining() < Integer.BYTES) {
            return false;
        }
        int length = rest.getInt(rest.position());
        if (rest.remaining() < Integer.BYTES + length + tag) {
            return false;
        }
        byte[] packet = new byte[length + tag];
        rest.getInt();
        rest.get(packet);
        try {
            handle(cipher == null ? SshMessage.unpadded(packet) : cipher.open(length, packet));
            return true;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private boolean readVersion(ByteBuffer rest) {
        var line = new ByteArrayOutputStream();
        for (int i = rest.position(); i < rest.limit(); i++) {
            if (rest.get(i) == '\n') {
                gateVersion = line.toString(StandardCharsets.US_ASCII).strip();
                rest.position(i + 1);
                return true;
            }
            line.write(rest.get(i));
        }
        return false;
    }

    private void handle(byte[] message) throws IOException, GeneralSecurityException {
        switch (message[0]) {
            case KEXINIT -> {
                gateKexinit = message;
                exchangeBegun();
            }
            case EXCHANGE_REPLY -> exchangeReplied(message);
            case NEWKEYS -> {
                fromGate = cipher('B', 'D');
                encrypted();
            }
            default -> received(message[0], message);
        }
    }

    private void agree(byte[] reply) throws IOException {
        var parts = ByteBuffer.wrap(reply, 1, reply.length - 1);
        byte[] hostKey = SshMessage.string(parts);
        byte[] gateKey = SshMessage.string(parts);
        try {
            KeyAgreement agreement = KeyAgreement.getInstance("X25519");
            agreement.init(EXCHANGE_KEY.getPrivate());
            agreement.doPhase(
                    KeyFactory.getInstance("X25519")
                            .generatePublic(new XECPublicKeySpec(
                                    NamedParameterSpec.X25519, new BigInteger(1, reversed(gateKey)))),
                    true);
            sharedSecret = agreement.generateSecret();
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
        exchangeHash = hash(new SshMessage()
                .string(VERSION)
                .string(gateVersion)
                .string(OWN_KEXINIT)
                .string(gateKexinit)
                .string(hostKey)
                .string(publicKey())
                .string(gateKey)
                .integer(sharedSecret)
                .toBytes());
    }

    /** Derives a cipher (RFC 4253, section 7.2) from the letters of its nonce and its key. */
    private SshCipher cipher(char nonce, char key) {
        return new SshCipher(
                Arrays.copyOf(derived(key), SshCipher.KEY_BYTES), Arrays.copyOf(derived(nonce), SshCipher.NONCE_BYTES));
    }

    private byte[] derived(char letter) {
        return hash(new SshMessage()
                .integer(sharedSecret)
                .raw(exchangeHash)
                .raw((byte) letter)
                .raw(exchangeHash)
                .toBytes());
    }

    private static byte[] hash(byte[] data) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(data);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java runtime must support SHA-256", e);
        }
    }

    private static byte[] publicKey() {
        byte[] magnitude = ((XECPublicKey) EXCHANGE_KEY.getPublic()).getU().toByteArray();
        int from = Math.max(0, magnitude.length - KEY_BYTES);
        return Arrays.copyOf(reversed(Arrays.copyOfRange(magnitude, from, magnitude.length)), KEY_BYTES);
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] reversed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            reversed[i] = bytes[bytes.length - 1 - i];
        }
        return reversed;
    }

    private static KeyPair newExchangeKey() {
        try {
            return KeyPairGenerator.getInstance("X25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java runtime must support X25519", e);
        }
    }

    private static byte[] newKexinit() {
        SshMessage kexinit = SshMessage.of(KEXINIT).raw(new byte[16]);
        List.of(
                        "curve25519-sha256",
                        "ssh-ed25519",
                        "aes128-gcm@openssh.com",
                        "aes128-gcm@openssh.com",
                        "hmac-sha2-256-etm@openssh.com",
                        "hmac-sha2-256-etm@openssh.com",
                        "none",
                        "none",
                        "",
                        "")
                .forEach(kexinit::string);
        return kexinit.raw((byte) 0).number(0).toBytes();
    }
}
