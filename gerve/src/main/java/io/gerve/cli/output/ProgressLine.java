package io.gerve.cli.output;

import java.io.PrintWriter;

/** How far a long answer is, on the last line of a terminal; gone before anything else is printed there. Used by one thread. */
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
        if (isShown) {
            // What was printed before it may still be on its way, and to the same terminal.
            out.flush();
            String text = count + " looked at";
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
