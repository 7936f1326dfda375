package io.gerve.keylookup.directory;

import java.util.regex.Pattern;

/**
 * Who changes a right, for the record of changes.
 *
 * @param name a login, or the operating system's user for the command line; 1 to 255 characters
 * @param program the program, such as {@code cli} or {@code rest}; 1 to 32 lower-case letters
 */
public record Actor(String name, String program) {
    private static final Pattern THROUGH = Pattern.compile("[a-z]{1,32}");

    public Actor {
        if (name.isBlank() || name.codePointCount(0, name.length()) > 255) {
            throw new IllegalArgumentException("who makes a change has a name of 1 to 255 characters");
        }
        if (!THROUGH.matcher(program).matches()) {
            throw new IllegalArgumentException("a change comes through a program named by 1 to 32 lower-case letters");
        }
    }
}
