package io.gerve.cli.option;

/** Whole number from 1 to 999999999. */
public record PositiveNumber(int value) {
    static PositiveNumber parse(String text) {
        if (!text.matches("0*[1-9][0-9]{0,8}")) {
            throw new IllegalArgumentException("is not a whole number from 1 to 999999999");
        }
        return new PositiveNumber(Integer.parseInt(text));
    }
}
