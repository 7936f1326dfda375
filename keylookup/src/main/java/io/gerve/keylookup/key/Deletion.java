package io.gerve.keylookup.key;

/** What came of deleting a key. */
public sealed interface Deletion {
    /**
     * @param key as it was
     * @param gatesTold false if Redis did not take the message, as with {@link Revocation}
     */
    record Deleted(RegisteredKey key, boolean gatesTold) implements Deletion {}

    record NoSuchKey() implements Deletion {}
}
