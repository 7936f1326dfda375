package io.gerve.registry;

/**
 * Who makes a change, as the record of changes names them.
 *
 * @param name of a person: the operating system's user
 * @param through the door by which the change came in: {@code cli}
 */
public record Operator(String name, String through) {
    public Operator {
        if (name.isBlank() || name.length() > 255) {
            throw new IllegalArgumentException("who makes the change must be named, in 255 characters at most");
        }
    }
}
