package io.gerve.fileserver;

import com.jcraft.jsch.Identity;
import com.jcraft.jsch.IdentityRepository;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.KeyPair;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Vector;

/** The private key with which the gate logs in to file servers, read once. Safe for use by many threads. */
final class GateIdentity implements Identity, IdentityRepository {
    private static final byte[] ANYTHING = "anything".getBytes(StandardCharsets.US_ASCII);

    private final Path file;
    private final KeyPair pair;

    /** @throws IllegalArgumentException that names the file and what is wrong with it */
    GateIdentity(Path file) {
        this.file = file;
        this.pair = read(file);
        if (pair.isEncrypted()) {
            throw unusable(file, "has a passphrase, and there is nobody to type it");
        }
        if (pair.getPublicKeyBlob() == null || pair.getSignature(ANYTHING) == null) {
            throw unusable(file, "holds a key that cannot sign");
        }
    }

    private static KeyPair read(Path file) {
        if (!Files.isReadable(file)) {
            throw unusable(file, "cannot be read");
        }
        try {
            return KeyPair.load(new JSch(), Files.readAllBytes(file), null);
        } catch (JSchException | IOException _) {
            // Without its cause: what a parser says about a private key may quote it.
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

    /** The key serves every session, so no session may wipe it. */
    @Override
    public void clear() {}

    @Override
    public int getStatus() {
        return RUNNING;
    }

    /** A new one each time: JSch locks it while it talks to the server, so that a shared one would let one slow host stop them all. */
    @Override
    @SuppressWarnings("JdkObsolete") // the interface asks for it
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
