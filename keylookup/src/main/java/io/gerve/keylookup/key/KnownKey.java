package io.gerve.keylookup.key;

import java.time.Instant;

/**
 * A public key that somebody registered. That it is known says nothing of what it may do: it may have been revoked, have expired,
 * or belong to a suspended account.
 *
 * @param md5 by which lists of compromised keys may name it
 */
public record KnownKey(
        long id, Fingerprint fingerprint, Md5Tail md5, String title, Validity validity, KeyHolder holder) {
    private static final Fingerprint OF_NO_KEY = Fingerprint.ofDigest(new byte[32]);

    /** Stands for a key of the account against which there is nothing to say, to ask what such a key may do. Nobody can log in with it. */
    public static KnownKey soundOneOf(Account account) {
        return new KnownKey(
                0,
                OF_NO_KEY,
                new Md5Tail(0, (short) 0),
                "",
                new Validity.Until(Instant.MAX),
                new KeyHolder.OfAccount(account));
    }

    KnownKey with(Validity other) {
        return new KnownKey(id, fingerprint, md5, title, other, holder);
    }
}
