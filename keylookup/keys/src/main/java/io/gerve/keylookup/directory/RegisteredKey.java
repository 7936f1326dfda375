package io.gerve.keylookup.directory;

import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.Md5Suffix;
import java.time.Instant;

/**
 * A public key that somebody registered. That it is known says nothing of what it may do: it may have been revoked, have expired,
 * or belong to a suspended account.
 *
 * @param md5Suffix by which lists of compromised keys may name it
 */
public record RegisteredKey(
        long id,
        Fingerprint fingerprint,
        Md5Suffix md5Suffix,
        String title,
        KeyValidity validity,
        Principal principal) {
    private static final Fingerprint OF_NO_KEY = Fingerprint.ofDigest(new byte[32]);

    /** Stands for a key of the account against which there is nothing to say, to ask what such a key may do. Nobody can log in with it. */
    public static RegisteredKey activeKeyOf(Account account) {
        return new RegisteredKey(
                0,
                OF_NO_KEY,
                new Md5Suffix(0, (short) 0),
                "",
                new KeyValidity.ValidUntil(Instant.MAX),
                new Principal.OfAccount(account));
    }

    RegisteredKey withValidity(KeyValidity other) {
        return new RegisteredKey(id, fingerprint, md5Suffix, title, other, principal);
    }
}
