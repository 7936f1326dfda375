package io.gerve.keylookup.key;

/**
 * A public key that somebody registered. That it is known says nothing of what it may do: it may have been revoked, have expired,
 * or belong to a suspended account.
 */
public record KnownKey(long id, Fingerprint fingerprint, String title, Validity validity, KeyHolder holder) {}
