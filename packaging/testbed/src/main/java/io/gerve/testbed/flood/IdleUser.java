package io.gerve.testbed.flood;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;
import java.util.function.Supplier;

/** User of a site with a key of its own, whose clients log in and then do nothing. */
public final class IdleUser implements Supplier<FloodClient> {
    private static final String ALGORITHM = "ssh-ed25519";
    private static final int RAW_KEY_BYTES = 32;

    private final KeyPair key;

    public IdleUser() {
        try {
            this.key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java runtime must support Ed25519", e);
        }
    }

    /** Returns the public key as a line of OpenSSH's format. */
    public String publicKey() {
        return ALGORITHM + " " + Base64.getEncoder().encodeToString(blob());
    }

    private byte[] blob() {
        byte[] encoded = key.getPublic().getEncoded();
        return new SshMessage()
                .string(ALGORITHM)
                .string(Arrays.copyOfRange(encoded, encoded.length - RAW_KEY_BYTES, encoded.length))
                .toBytes();
    }

    private byte[] signature(byte[] data) throws IOException {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(key.getPrivate());
            signature.update(data);
            return new SshMessage().string(ALGORITHM).string(signature.sign()).toBytes();
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    @Override
    public FloodClient get() {
        return new Client();
    }

    private final class Client extends SshFloodClient {
        private boolean isLoggedIn;

        @Override
        void encrypted() throws IOException {
            sendMessage(SshMessage.of(SERVICE_REQUEST).string("ssh-userauth"));
        }

        @Override
        void received(int number, byte[] message) throws IOException {
            switch (number) {
                case SERVICE_ACCEPT -> logIn();
                case AUTHENTICATION_SUCCESS -> isLoggedIn = true;
                // The gate's keepalive, which any reply answers.
                case GLOBAL_REQUEST -> sendMessage(SshMessage.of(REQUEST_FAILURE));
                default -> {}
            }
        }

        private void logIn() throws IOException {
            byte[] request = SshMessage.of(AUTHENTICATION_REQUEST)
                    .string("git")
                    .string("ssh-connection")
                    .string("publickey")
                    .raw((byte) 1)
                    .string(ALGORITHM)
                    .string(blob())
                    .toBytes();
            byte[] signed = new SshMessage().string(sessionId()).raw(request).toBytes();
            sendMessage(new SshMessage().raw(request).string(signature(signed)));
        }

        @Override
        boolean isSettled() {
            return isLoggedIn;
        }
    }
}
