package io.gerve.cli;

import java.io.PrintWriter;

/** How far a long answer is, on the last line of a terminal; gone before anything else is printed there. Used by one thread. */
final class Progress {
    private final boolean isShown;
    private final PrintWriter out;
    private final PrintWriter err;
    private int width;

    Progress(Terminal terminal, PrintWriter out, PrintWriter err) {
        this.isShown = terminal.showsProgress();
        this.out = out;
        this.err = err;
    }

    void at(long count) {
        if (isShown) {
            // What was printed before it may still be on its way, and to the same terminal.
            out.flush();
            String text = count + " looked at";
            err.print("\r" + text);
            err.flush();
            width = text.length();
        }
    }

    void clear() {
        if (width > 0) {
            err.print("\r" + " ".repeat(width) + "\r");
            err.flush();
            width = 0;
        }
    }
}
