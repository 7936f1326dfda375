package io.gerve.ssh;

import io.gerve.keylookup.directory.KeyDirectory;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.InvalidKey;
import io.gerve.keylookup.key.PublicKey;
import io.gerve.login.RefusedLogin.Reason;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.ssh.algorithm.SshAlgorithms;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Optional;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.server.auth.UserAuth;
import org.apache.sshd.server.auth.UserAuthFactory;
import org.apache.sshd.server.session.ServerSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Public-key authentication (RFC 4252, section 7), the only method that the frontend offers. It keeps no state between
 * requests. An offered key that is not registered is refused at once. Only the key whose signature was verified is bound
 * to the connection (RATIONALE.md, "Authentication").
 */
final class KeyAuthenticator implements UserAuth {
    static final String METHOD = "publickey";

    /** The one user name for all clients. The key identifies the account. */
    static final String USER = "git";

    private static final Logger LOG = LoggerFactory.getLogger(KeyAuthenticator.class);
    private static final String TOO_MANY_KEYS =
            "Too many keys were tried. Choose one: ssh -o IdentitiesOnly=yes -i <file>";
    private static final String OTHER_USER =
            "The user name here is always git, for every account: git@HOST:OWNER/REPOSITORY\r\n";
    private static final String SERVICE = "ssh-connection";
    private static final @Nullable Boolean IN_PROGRESS = null;

    private final SshConnection connection;
    private final KeyDirectory keys;
    private final OfferedKeys offered;

    private KeyAuthenticator(SshConnection connection, KeyDirectory keys, OfferedKeys offered) {
        this.connection = connection;
        this.keys = keys;
        this.offered = offered;
    }

    static UserAuthFactory factory(KeyDirectory keys, OfferedKeys offered) {
        return new UserAuthFactory() {
            @Override
            public String getName() {
                return METHOD;
            }

            @Override
            public UserAuth createUserAuth(ServerSession session) {
                return new KeyAuthenticator((SshConnection) session, keys, offered);
            }
        };
    }

    @Override
    public @Nullable Boolean auth(ServerSession session, String user, String service, Buffer buffer)
            throws IOException {
        if (!service.equals(SERVICE)) {
            return false;
        }
        boolean signed = buffer.getBoolean();
        String algorithm = buffer.getString(StandardCharsets.US_ASCII);
        byte[] blob = buffer.getBytes();
        Optional<PublicKey> key = parse(blob);
        Optional<Signature> verifier = key.flatMap(k -> SshAlgorithms.verifier(k.algorithm(), algorithm));
        Fingerprint fingerprint = Fingerprint.ofBlob(blob);
        if (key.isEmpty() || verifier.isEmpty()) {
            return refuse(fingerprint, Reason.KEY_UNUSABLE);
        }
        if (!signed) {
            if (buffer.available() > 0) {
                return refuse(fingerprint, Reason.KEY_NOT_VERIFIED);
            }
            return answerOffer(fingerprint, algorithm, blob);
        }
        if (!mayTryKey()) {
            return IN_PROGRESS;
        }
        byte[] signature = buffer.getBytes();
        if (buffer.available() > 0 || !verifies(verifier.get(), signature, user, algorithm, blob)) {
            return refuse(fingerprint, Reason.SIGNATURE_INVALID);
        }
        if (!user.equals(USER)) {
            sendBanner(OTHER_USER);
            return refuse(fingerprint, Reason.USER_UNKNOWN);
        }
        connection.login().keyRefused(fingerprint, Reason.KEY_NOT_LOOKED_UP);
        return isAccepted(key.get().fingerprint()) || refuse(fingerprint, Reason.KEY_UNKNOWN);
    }

    private @Nullable Boolean answerOffer(Fingerprint key, String algorithm, byte[] blob) throws IOException {
        connection.socket().leaveTurn();
        if (offered.maySign(key, connection.exchangingClient())) {
            connection.login().keyRefused(key, Reason.KEY_NOT_VERIFIED);
            sendPkOk(algorithm, blob);
            return IN_PROGRESS;
        }
        if (mayTryKey()) {
            return refuse(key, Reason.KEY_NOT_REGISTERED);
        }
        return IN_PROGRESS;
    }

    /** Counts a key. Disconnects the client if it has tried too many, and returns false then. */
    private boolean mayTryKey() throws IOException {
        if (connection.mayTryKey()) {
            return true;
        }
        connection.login().limited(Reason.MAX_AUTH_TRIES, TOO_MANY_KEYS);
        connection.disconnect(SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE, TOO_MANY_KEYS);
        return false;
    }

    private boolean refuse(Fingerprint key, Reason reason) {
        connection.login().keyRefused(key, reason);
        return false;
    }

    private static Optional<PublicKey> parse(byte[] blob) {
        try {
            return Optional.of(PublicKey.ofBlob(blob));
        } catch (InvalidKey e) {
            LOG.debug("Client offered an invalid public key: {}", e.getMessage());
            return Optional.empty();
        }
    }

    private void sendPkOk(String algorithm, byte[] blob) throws IOException {
        Buffer packet =
                connection.createBuffer(SshConstants.SSH_MSG_USERAUTH_PK_OK, algorithm.length() + blob.length + 16);
        packet.putString(algorithm);
        packet.putBytes(blob);
        connection.writePacket(packet);
    }

    /** Sends a message that clients print before the result of the authentication (RFC 4252, section 5.4). */
    private void sendBanner(String text) throws IOException {
        Buffer packet = connection.createBuffer(SshConstants.SSH_MSG_USERAUTH_BANNER, text.length() + 16);
        packet.putString(text);
        packet.putString("");
        connection.writePacket(packet);
    }

    private boolean verifies(Signature verifier, byte[] signature, String user, String algorithm, byte[] blob) {
        try {
            // RFC 8332, section 3.2: the algorithm name in the signature must be the one in the request.
            if (!new ByteArrayBuffer(signature)
                    .getString(StandardCharsets.US_ASCII)
                    .equals(algorithm)) {
                return false;
            }
            verifier.initVerifier(connection, new ByteArrayBuffer(blob).getRawPublicKey());
            verifier.update(connection, signedData(user, algorithm, blob));
            return verifier.verify(connection, signature);
        } catch (GeneralSecurityException | RuntimeException e) {
            LOG.debug("Cannot parse the signature of a client", e);
            return false;
        } catch (Exception e) {
            LOG.debug("Cannot verify the signature of a client", e);
            return false;
        }
    }

    private byte[] signedData(String user, String algorithm, byte[] blob) {
        Buffer signed = new ByteArrayBuffer();
        signed.putBytes(connection.getSessionId());
        signed.putByte(SshConstants.SSH_MSG_USERAUTH_REQUEST);
        signed.putString(user);
        signed.putString(SERVICE);
        signed.putString(METHOD);
        signed.putBoolean(true);
        signed.putString(algorithm);
        signed.putBytes(blob);
        return signed.getCompactData();
    }

    /**
     * Accepts every registered key, including revoked keys and keys of suspended accounts, because the client can read
     * the reason only after it has authenticated, on stderr. Also accepts the key when the look-up fails.
     * Authentication grants nothing by itself: every request looks the key up again.
     */
    private boolean isAccepted(Fingerprint verified) {
        connection.socket().leaveTurn();
        try {
            Optional<RegisteredKey> key = keys.find(verified).value();
            key.ifPresent(registered -> connection.bind(verified, registered.owner()));
            return key.isPresent();
        } catch (LookupUnavailable e) {
            LOG.debug("Cannot look up a key, so the client is told at its first request", e);
            connection.bind(verified, connection.exchangingClient());
            return true;
        }
    }

    @Override
    public Boolean next(Buffer buffer) {
        return false;
    }

    @Override
    public ServerSession getSession() {
        return connection;
    }

    @Override
    public ServerSession getServerSession() {
        return connection;
    }

    @Override
    public String getUsername() {
        return USER;
    }

    @Override
    public String getName() {
        return METHOD;
    }

    @Override
    public void destroy() {
        // Nothing to release.
    }
}
