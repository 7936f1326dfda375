package io.gerve.fileserver;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Output stream to which the reader thread of JSch writes the output of a command, and which reports the progress of
 * the command.
 */
final class CommandOutput extends OutputStream {
    /** Listener for the events of an output, called on the reader thread. */
    interface Listener {
        /**
         * Called before each write.
         *
         * @throws IOException if nothing more may be written
         */
        void output() throws IOException;

        /** Called when a write to the target failed, because its reader is gone. */
        void undeliverable(Exception failure);

        /** Called when JSch closed the stream. */
        void closed();
    }

    private final OutputStream target;
    private final Listener listener;

    CommandOutput(OutputStream target, Listener listener) {
        this.target = target;
        this.listener = listener;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    /**
     * Writes to the target and throws only IOException: JSch ignores a NullPointerException and continues, with a gap
     * in the data.
     */
    @Override
    public void write(byte[] bytes, int start, int length) throws IOException {
        listener.output();
        try {
            target.write(bytes, start, length);
        } catch (IOException | RuntimeException e) {
            throw undeliverable(e);
        }
    }

    @Override
    public void flush() throws IOException {
        try {
            target.flush();
        } catch (IOException | RuntimeException e) {
            throw undeliverable(e);
        }
    }

    /** Leaves the target open: the caller that passed it owns it. */
    @Override
    public void close() {
        listener.closed();
    }

    private IOException undeliverable(Exception failure) {
        listener.undeliverable(failure);
        return new IOException("the output could not be delivered", failure);
    }
}
