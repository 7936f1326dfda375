package io.gerve.cli.key;

import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.key.InvalidKey;
import io.gerve.keylookup.key.KeyAlgorithm;
import io.gerve.keylookup.key.KeyLine;
import io.gerve.logging.TextEscaper;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One line of a file that keys are imported from.
 *
 * @param location {@code authorized_keys:12}
 * @param text the line
 * @param owner the login of the key's account, if the line need not name it
 */
record KeyImportLine(String location, String text, Optional<String> owner) {
    /** Options that gitolite or gitosis wrote. The forced command names the account. */
    private static final Pattern FORCED_COMMAND = Pattern.compile(
            ".*\\bcommand=\"[^\"]*?(?:gitolite-shell|gl-auth-command|gitosis-serve)[ ]+([A-Za-z0-9._@+-]+)[^\"]*\".*");

    /** Options end at the first blank that is not within quotes (sshd(8), AUTHORIZED_KEYS FILE FORMAT). */
    private static final Pattern OPTIONS = Pattern.compile("((?:[^\\s\"]|\"(?:[^\"\\\\]|\\\\.)*\")+)\\s+(.*)");

    boolean isBlank() {
        return text.isBlank() || text.strip().startsWith("#");
    }

    /** @throws InvalidKey if the line has no key that Gerve supports */
    KeyLine key() throws InvalidKey {
        return KeyLine.parse(split().map(parts -> parts.group(2)).orElse(text));
    }

    /** Returns the name of the key's user in the program that the line comes from; empty if it has none. */
    String userName() throws InvalidKey {
        Optional<String> named = owner.or(this::forcedAccount);
        if (named.isPresent()) {
            return named.get();
        }
        String comment = key().comment();
        int at = comment.indexOf('@');
        return at < 0 ? comment : comment.substring(0, at);
    }

    /** @throws InvalidKey if the line does not name an account */
    Login login(LoginMap logins) throws InvalidKey {
        String name = userName();
        if (name.isEmpty()) {
            throw new InvalidKey("The line does not name an account. Give --account.");
        }
        return logins.login(name)
                .or(() -> Login.parse(name))
                .orElseThrow(() -> new InvalidKey("'" + TextEscaper.excerpt(name)
                        + "' is not a login. Name one in a file of logins: --logins FILE"));
    }

    /**
     * Returns a sentence if the line has options that would be lost; empty if it has none, or only those of gitolite or
     * gitosis.
     */
    Optional<String> droppedOptions() {
        return split().filter(_ -> forcedAccount().isEmpty())
                .map(_ -> "The line has options, such as command= or from=, which keys of Gerve cannot have. Remove"
                        + " them to"
                        + " import the key without.");
    }

    private Optional<String> forcedAccount() {
        return split().map(parts -> FORCED_COMMAND.matcher(parts.group(1)))
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
