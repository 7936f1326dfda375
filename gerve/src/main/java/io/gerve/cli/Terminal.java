package io.gerve.cli;

import java.io.Console;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** The person at the keyboard, if there is one. */
final class Terminal {
    private final Optional<Function<String, String>> answers;

    private Terminal(Optional<Function<String, String>> answers) {
        this.answers = answers;
    }

    static Terminal console() {
        return Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .map(console -> of(question ->
                        Optional.ofNullable(console.readLine("%s", question)).orElse("")))
                .orElseGet(Terminal::none);
    }

    /** A script: there is nobody to ask. */
    static Terminal none() {
        return new Terminal(Optional.empty());
    }

    static Terminal of(Function<String, String> answers) {
        return new Terminal(Optional.of(answers));
    }

    boolean isPresent() {
        return answers.isPresent();
    }

    /** @return whether the answer was yes; false if there is nobody to ask */
    boolean confirms(String question) {
        return answers.map(ask -> ask.apply(question + " [y/N] "))
                .map(answer -> answer.strip().toLowerCase(Locale.ROOT))
                .filter(answer -> answer.equals("y") || answer.equals("yes"))
                .isPresent();
    }
}
