package io.gerve.cli.key;

/**
 * Result of importing one line.
 *
 * @param location {@code authorized_keys:12}
 * @param login the key's account; empty if the line names none
 * @param fingerprint empty if the line has no key
 * @param note why the line was refused, or what else was done; may be empty
 */
record ImportResult(String location, String login, String fingerprint, Status result, String note) {
    enum Status {
        ADDED,
        ALREADY_THERE,
        REFUSED
    }
}
