package io.gerve.keylookup.key;

/**
 * A public key that somebody registered. That it is known says nothing of what it may do: it may have been revoked, have expired,
 * or belong to a suspended account.
 *
 * @param md5 by which lists of compromised keys may name it
 */
public record KnownKey(
        long id, Fingerprint fingerprint, Md5Tail md5, String title, Validity validity, KeyHolder holder) {
    KnownKey with(Validity other) {
        return new KnownKey(id, fingerprint, md5, title, other, holder);
    }
}
