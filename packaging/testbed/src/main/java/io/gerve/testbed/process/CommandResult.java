package io.gerve.testbed.process;

/**
 * How a command ended.
 *
 * @param status its exit status; 128 and the signal's number if a signal ended it
 * @param output what it wrote to standard output and standard error, in the order in which it came
 */
public record CommandResult(String command, int status, String output) {
    public boolean succeeded() {
        return status == 0;
    }

    /** @throws IllegalStateException with the command and all that it wrote, unless it exited with 0 */
    public CommandResult orThrow() {
        if (!succeeded()) {
            throw new IllegalStateException("exit status " + status + " from: " + command + "\n" + output);
        }
        return this;
    }
}
