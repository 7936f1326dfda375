package io.gerve.testbed.process;

/**
 * Exit status and output of a command.
 *
 * @param status the exit status; 128 plus the number of the signal if a signal ended the command
 * @param output the text on standard output and standard error, in the order of writing
 */
public record CommandResult(String command, int status, String output) {
    public boolean succeeded() {
        return status == 0;
    }

    /**
     * Returns this result if the exit status is 0.
     *
     * @throws IllegalStateException otherwise, with the command and its output
     */
    public CommandResult orThrow() {
        if (!succeeded()) {
            throw new IllegalStateException("exit status " + status + " from: " + command + "\n" + output);
        }
        return this;
    }
}
