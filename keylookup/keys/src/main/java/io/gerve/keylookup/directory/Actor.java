package io.gerve.keylookup.directory;

import java.util.regex.Pattern;

/**
 * Author of a change, for the change history.
 *
 * @param name a login, or the name of the operating system user for the command line; 1 to 255 characters
 * @param program program that makes the change, such as {@code cli} or {@code rest}; 1 to 32 lower-case letters
 */
public record Actor(String name, String program) {
    private static final Pattern PROGRAM = Pattern.compile("[a-z]{1,32}");

    public Actor {
        if (name.isBlank() || name.codePointCount(0, name.length()) > 255) {
            throw new IllegalArgumentException("the name of the author of a change must have 1 to 255 characters");
        }
        if (!PROGRAM.matcher(program).matches()) {
            throw new IllegalArgumentException(
                    "the program of a change must have a name of 1 to 32 lower-case letters");
        }
    }
}
