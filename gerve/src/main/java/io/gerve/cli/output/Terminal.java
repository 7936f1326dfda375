package io.gerve.cli.output;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Terminal of the operator, if there is one. */
public final class Terminal {
    private final Optional<Function<String, String>> answers;
    private final boolean showsProgress;

    private Terminal(Optional<Function<String, String>> answers, boolean showsProgress) {
        this.answers = answers;
        this.showsProgress = showsProgress;
    }

    public static Terminal console() {
        return Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .map(console -> of(question ->
                        Optional.ofNullable(console.readLine("%s", question)).orElse("")))
                .orElseGet(() -> new Terminal(Optional.empty(), isStandardErrorATerminal()));
    }

    /** Returns whether standard error is a terminal. Java has no console when standard output is redirected. */
    private static boolean isStandardErrorATerminal() {
        try {
            String device = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty");
        } catch (IOException _) {
            return false;
        }
    }

    /** Returns no terminal, as in a script. */
    public static Terminal none() {
        return new Terminal(Optional.empty(), false);
    }

    public static Terminal of(Function<String, String> answers) {
        return new Terminal(Optional.of(answers), true);
    }

    public boolean isPresent() {
        return answers.isPresent();
    }

    /** Returns whether standard error is a terminal. */
    boolean showsProgress() {
        return showsProgress;
    }

    /** Asks, and returns whether the answer was yes; false without a terminal. */
    public boolean confirm(String question) {
        return answers.map(ask -> ask.apply(question + " [y/N] "))
                .map(answer -> answer.strip().toLowerCase(Locale.ROOT))
                .filter(answer -> answer.equals("y") || answer.equals("yes"))
                .isPresent();
    }
}
