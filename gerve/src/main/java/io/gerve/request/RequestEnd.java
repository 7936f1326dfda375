package io.gerve.request;

/** End of a request: its exit, and the party that ended it. */
public record RequestEnd(ExitResult exit, EndedBy by) {
    public static RequestEnd exit(int status, EndedBy by) {
        return new RequestEnd(new ExitResult.Status(status), by);
    }
}
