package io.gerve.cli.key;

import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.key.InvalidKey;
import io.gerve.keylookup.key.KeyAlgorithm;
import io.gerve.keylookup.key.KeyLine;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One line of a file that keys are taken over from.
 *
 * @param place {@code authorized_keys:12}
 * @param text the line
 * @param owner whose key it is, if that is known from elsewhere
 */
record KeyImportLine(String place, String text, Optional<String> owner) {
    /** Options that a gate before this one wrote: the forced command says whose key it is. */
    private static final Pattern GATE = Pattern.compile(
            ".*\\bcommand=\"[^\"]*?(?:gitolite-shell|gl-auth-command|gitosis-serve)[ ]+([A-Za-z0-9._@+-]+)[^\"]*\".*");

    /** Options end at the first blank that is not within quotes (sshd(8), AUTHORIZED_KEYS FILE FORMAT). */
    private static final Pattern OPTIONS = Pattern.compile("((?:[^\\s\"]|\"(?:[^\"\\\\]|\\\\.)*\")+)\\s+(.*)");

    boolean isBlank() {
        return text.isBlank() || text.strip().startsWith("#");
    }

    /** @throws InvalidKey if there is no key on the line that Gerve takes */
    KeyLine key() throws InvalidKey {
        return KeyLine.parse(split().map(parts -> parts.group(2)).orElse(text));
    }

    /** @throws InvalidKey if it cannot be told whose key it is */
    Login login() throws InvalidKey {
        String name = owner.or(this::forced).orElse("");
        if (name.isEmpty()) {
            String comment = key().comment();
            int at = comment.indexOf('@');
            name = at < 0 ? comment : comment.substring(0, at);
        }
        String candidate = name;
        return Login.parse(candidate)
                .orElseThrow(() -> new InvalidKey(
                        candidate.isEmpty()
                                ? "The line does not say whose key it is. Give --account."
                                : "'" + candidate + "' is no login, and none is given with --account."));
    }

    /** Why options that would be lost make a difference; empty if there are none, or only an earlier gate's. */
    Optional<String> droppedOptions() {
        return split().filter(_ -> forced().isEmpty())
                .map(_ ->
                        "The line has options (such as command= or from=), which Gerve's keys have not. Remove them if"
                                + " the key is to be taken without.");
    }

    private Optional<String> forced() {
        return split().map(parts -> GATE.matcher(parts.group(1)))
                .filter(Matcher::matches)
                .map(gate -> gate.group(1));
    }

    /** @return empty if the line starts with a key */
    private Optional<Matcher> split() {
        Matcher parts = OPTIONS.matcher(text.strip());
        boolean hasOptions = parts.matches()
                && KeyAlgorithm.ofWireName(parts.group(1)).isEmpty()
                && (parts.group(1).contains("=")
                        || parts.group(1).contains(",")
                        || parts.group(1).equals("restrict"));
        return hasOptions ? Optional.of(parts) : Optional.empty();
    }
}
