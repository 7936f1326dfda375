package io.gerve.cli.key;

/**
 * What became of one line.
 *
 * @param login whose key it is, empty if that cannot be told
 * @param fingerprint empty if there is no key
 * @param note why it was refused, or what else was done; empty if there is nothing to say
 */
record ImportResult(String place, String login, String fingerprint, Status result, String note) {
    enum Status {
        ADDED,
        ALREADY_THERE,
        REFUSED
    }
}
