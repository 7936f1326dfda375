package io.gerve.fileserver;

import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.InvalidKey;
import io.gerve.keylookup.key.PublicKey;
import java.nio.file.Path;

/** File with a private key in OpenSSH's format, of which only the public part leaves this class. */
public final class PrivateKeyFile {
    private PrivateKeyFile() {}

    /**
     * Returns the fingerprint of the public key.
     *
     * @throws IllegalArgumentException if the file is not a private key in OpenSSH's format without a passphrase
     */
    public static Fingerprint fingerprint(Path file) {
        try {
            return PublicKey.ofBlob(new GateIdentity(file).getPublicKeyBlob()).fingerprint();
        } catch (InvalidKey | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    file + " is not a private key in OpenSSH's format without a passphrase", e);
        }
    }
}
