package io.gerve.keylookup.directory;

import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.Md5Suffix;
import java.time.Instant;
import java.util.Locale;

/**
 * Registered public key. It may be revoked or expired, or belong to a suspended account.
 *
 * @param md5Suffix suffix of the MD5 hash, by which lists of compromised keys may name the key
 */
public record RegisteredKey(
        long id,
        Fingerprint fingerprint,
        Md5Suffix md5Suffix,
        String title,
        KeyValidity validity,
        Principal principal) {
    private static final Fingerprint NO_FINGERPRINT = Fingerprint.ofDigest(new byte[32]);

    /**
     * Returns a placeholder for a valid key of the account, for evaluating the account's access without a key. No
     * client can log in with it.
     */
    public static RegisteredKey activeKeyOf(Account account) {
        return new RegisteredKey(
                0,
                NO_FINGERPRINT,
                new Md5Suffix(0, (short) 0),
                "",
                new KeyValidity.ValidUntil(Instant.MAX),
                new Principal.OfAccount(account));
    }

    /**
     * Returns whose share of a gate the key uses: the lower-case login of the account or organization that it belongs to.
     * Anyone can register many deploy keys, so these share what their owner has. A deploy key without a repository has
     * its fingerprint, which is no login.
     */
    public String owner() {
        return switch (principal) {
            case Principal.OfAccount(var account) -> account.login().lowerCase();
            case Principal.OfDeployKey(var repository) when repository.isEmpty() -> fingerprint.text();
            case Principal.OfDeployKey(var repository) ->
                repository.substring(0, repository.indexOf('/')).toLowerCase(Locale.ROOT);
        };
    }

    RegisteredKey withValidity(KeyValidity other) {
        return new RegisteredKey(id, fingerprint, md5Suffix, title, other, principal);
    }
}
