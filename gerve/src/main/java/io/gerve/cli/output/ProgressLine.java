package io.gerve.cli.output;

import java.io.PrintWriter;

/**
 * Progress on the last line of a terminal, which is cleared before anything else is printed there. Used by one thread.
 */
public final class ProgressLine {
    private final boolean isShown;
    private final PrintWriter out;
    private final PrintWriter err;
    private int width;

    public ProgressLine(Terminal terminal, PrintWriter out, PrintWriter err) {
        this.isShown = terminal.showsProgress();
        this.out = out;
        this.err = err;
    }

    public void at(long count) {
        show(count + " rows examined");
    }

    /** @param text one line of printable characters */
    public void show(String text) {
        if (isShown) {
            // Rows in the buffer go to the same terminal, and must come first.
            out.flush();
            clear();
            err.print("\r" + text);
            err.flush();
            width = text.length();
        }
    }

    public void clear() {
        if (width > 0) {
            err.print("\r" + " ".repeat(width) + "\r");
            err.flush();
            width = 0;
        }
    }
}
