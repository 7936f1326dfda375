package io.gerve.fileserver;

import com.jcraft.jsch.Identity;
import com.jcraft.jsch.IdentityRepository;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.KeyPair;
import io.gerve.program.PrivateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Vector;

/** Private key of the gate for logins to file servers, read once. Safe for use by many threads. */
final class GateIdentity implements Identity, IdentityRepository {
    private static final byte[] TEST_DATA = "test".getBytes(StandardCharsets.US_ASCII);

    private final Path file;
    private final KeyPair pair;

    /**
     * Reads the key.
     *
     * @throws IllegalArgumentException if the key is unusable; the message names the file and the reason
     */
    GateIdentity(Path file) {
        this.file = file;
        this.pair = read(file);
        if (pair.isEncrypted()) {
            throw unusable(file, "has a passphrase. Use a key without one.");
        }
        if (pair.getPublicKeyBlob() == null || pair.getSignature(TEST_DATA) == null) {
            throw unusable(file, "holds a key that cannot sign");
        }
    }

    private static KeyPair read(Path file) {
        if (!Files.isReadable(file)) {
            throw unusable(file, "does not exist or cannot be read by the user that runs this program");
        }
        try {
            PrivateFiles.requireSecret(file);
        } catch (IOException e) {
            throw new IllegalArgumentException("file_servers.identity_file: " + e.getMessage(), e);
        }
        try {
            return KeyPair.load(new JSch(), Files.readAllBytes(file), null);
        } catch (JSchException | IOException _) {
            // The cause is dropped: a message of the parser may quote the private key.
            throw unusable(file, "is not a private key in OpenSSH's format");
        }
    }

    private static IllegalArgumentException unusable(Path file, String why) {
        return new IllegalArgumentException("file_servers.identity_file: " + file + " " + why);
    }

    @Override
    public byte[] getPublicKeyBlob() {
        return pair.getPublicKeyBlob();
    }

    @Override
    public byte[] getSignature(byte[] data) {
        return pair.getSignature(data);
    }

    @Override
    public byte[] getSignature(byte[] data, String algorithm) {
        return pair.getSignature(data, algorithm);
    }

    @Override
    public String getAlgName() {
        return pair.getKeyTypeString();
    }

    @Override
    public String getName() {
        return file.toString();
    }

    @Override
    public boolean isEncrypted() {
        return false;
    }

    @Override
    public boolean setPassphrase(byte[] passphrase) {
        return true;
    }

    /** Does nothing: all sessions share the key, so no session may erase it. */
    @Override
    public void clear() {}

    @Override
    public int getStatus() {
        return RUNNING;
    }

    /**
     * Returns a new list each time: JSch locks it during a login, so that with a shared list one slow host would block
     * all logins.
     */
    @Override
    @SuppressWarnings("JdkObsolete") // required by the interface
    public Vector<Identity> getIdentities() {
        return new Vector<>(List.of(this));
    }

    @Override
    public boolean add(byte[] identity) {
        return false;
    }

    @Override
    public boolean remove(byte[] blob) {
        return false;
    }

    @Override
    public void removeAll() {}
}
