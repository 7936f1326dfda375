package io.gerve.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.util.security.SecurityUtils;

/** Reads private host keys from files in OpenSSH's format, as {@code ssh-keygen} writes them. */
final class HostKeys {
    private static final int RSA_BITS_MIN = 2048;

    private HostKeys() {}

    /**
     * @param files each holds one Ed25519 or RSA key without a passphrase, no two of one type
     * @throws IOException if one cannot be used; the message names the file and says what would be right
     */
    static List<KeyPair> load(List<Path> files) throws IOException {
        List<KeyPair> keys = new ArrayList<>();
        Set<String> types = new HashSet<>();
        for (Path file : files) {
            KeyPair key = load(file);
            if (!types.add(KeyUtils.getKeyType(key))) {
                throw new IOException("host key " + file + ": there is another key of type " + KeyUtils.getKeyType(key)
                        + ", and only one of each can be used");
            }
            keys.add(key);
        }
        return List.copyOf(keys);
    }

    private static KeyPair load(Path file) throws IOException {
        List<KeyPair> found = new ArrayList<>();
        try (InputStream in = Files.newInputStream(file)) {
            Iterable<KeyPair> read = SecurityUtils.loadKeyPairIdentities(
                    null, NamedResource.ofName(file.toString()), in, FilePasswordProvider.EMPTY);
            if (read != null) {
                read.forEach(found::add);
            }
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new IOException(
                    "host key " + file + " cannot be read: it must have no passphrase (ssh-keygen -t ed25519 -N '')",
                    e);
        }
        if (found.size() != 1) {
            throw new IOException(
                    "host key " + file + " is no private key in OpenSSH's format (ssh-keygen -t ed25519 -N '')");
        }
        KeyPair key = found.getFirst();
        String type = KeyUtils.getKeyType(key);
        boolean strong = KeyPairProvider.SSH_ED25519.equals(type)
                || (key.getPublic() instanceof RSAPublicKey rsa
                        && rsa.getModulus().bitLength() >= RSA_BITS_MIN);
        if (!strong) {
            throw new IOException("host key " + file + " must be Ed25519, or RSA of " + RSA_BITS_MIN + " bits or more");
        }
        return key;
    }
}
