package io.gerve.request;

/** How a request ended, and by whom. */
public record RequestEnd(ExitResult exit, EndedBy by) {
    public static RequestEnd exit(int status, EndedBy by) {
        return new RequestEnd(new ExitResult.Status(status), by);
    }
}
