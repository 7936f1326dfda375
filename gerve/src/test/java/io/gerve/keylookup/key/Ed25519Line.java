package io.gerve.keylookup.key;

import java.util.Base64;

/** Reads the line of an ed25519 key that ssh-keygen wrote. */
public final class Ed25519Line {
    private Ed25519Line() {}

    public static PublicKey key(String line) {
        return new PublicKey(KeyAlgorithm.ED25519, 256, Base64.getDecoder().decode(line.split(" ", -1)[1].strip()));
    }
}
