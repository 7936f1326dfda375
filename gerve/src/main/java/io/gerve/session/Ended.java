package io.gerve.session;

/** How a request ended, and by whom. */
record Ended(Outcome outcome, EndedBy by) {
    static Ended exit(int status, EndedBy by) {
        return new Ended(new Outcome.Exit(status), by);
    }
}
