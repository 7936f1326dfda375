package io.gerve.ssh.algorithm;

import io.gerve.program.PrivateFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.util.security.SecurityUtils;

/** Reader of private host keys from files in OpenSSH's format, as {@code ssh-keygen} writes them. */
public final class HostKeys {
    private static final int RSA_BITS_MIN = 2048;

    private static final Set<String> STRONG = Set.of(
            KeyPairProvider.SSH_ED25519,
            KeyPairProvider.ECDSA_SHA2_NISTP256,
            KeyPairProvider.ECDSA_SHA2_NISTP384,
            KeyPairProvider.ECDSA_SHA2_NISTP521);

    private HostKeys() {}

    /**
     * Loads the host keys.
     *
     * @param files the key files, each with one Ed25519, ECDSA or RSA key without a passphrase, at most one of each type
     * @param algorithms the signature algorithms to offer
     * @throws IOException if a key cannot be used; the message names the file and the remedy
     */
    public static List<KeyPair> load(List<Path> files, List<String> algorithms) throws IOException {
        List<KeyPair> keys = new ArrayList<>();
        Set<String> types = new LinkedHashSet<>();
        for (Path file : files) {
            KeyPair key = load(file);
            if (!types.add(KeyUtils.getKeyType(key))) {
                throw new IOException("Cannot use host key " + file + ": another host key has the type "
                        + KeyUtils.getKeyType(key) + ", and only one of each type can be used");
            }
            keys.add(key);
        }
        boolean canProve = keys.stream()
                .flatMap(key -> SshAlgorithms.signatures(key).stream())
                .anyMatch(signature -> algorithms.contains(signature.getName()));
        if (!canProve) {
            throw new IOException("Cannot use the host keys: frontend.host_key_algorithms has no algorithm of "
                    + String.join(", ", types));
        }
        return List.copyOf(keys);
    }

    private static KeyPair load(Path file) throws IOException {
        PrivateFiles.requireSecret(file);
        List<KeyPair> found = new ArrayList<>();
        try (InputStream in = Files.newInputStream(file)) {
            Iterable<KeyPair> read = SecurityUtils.loadKeyPairIdentities(
                    null, NamedResource.ofName(file.toString()), in, FilePasswordProvider.EMPTY);
            if (read != null) {
                read.forEach(found::add);
            }
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new IOException(
                    "Cannot read host key " + file
                            + ": it is damaged or has a passphrase. Run: ssh-keygen -t ed25519 -N '' -f FILE",
                    e);
        }
        if (found.size() != 1) {
            throw new IOException("Cannot read host key " + file
                    + ": it is not a private key in OpenSSH's format. Run: ssh-keygen -t ed25519 -N '' -f FILE");
        }
        KeyPair key = found.getFirst();
        boolean strong = STRONG.contains(KeyUtils.getKeyType(key))
                || (key.getPublic() instanceof RSAPublicKey rsa
                        && rsa.getModulus().bitLength() >= RSA_BITS_MIN);
        if (!strong) {
            throw new IOException("Cannot use host key " + file + ": it must be Ed25519, ECDSA, or RSA of at least "
                    + RSA_BITS_MIN + " bits");
        }
        return key;
    }
}
