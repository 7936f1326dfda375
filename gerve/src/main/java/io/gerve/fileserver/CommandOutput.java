package io.gerve.fileserver;

import java.io.IOException;
import java.io.OutputStream;

/** Where JSch's reader puts what a command wrote, and by which it tells how far the command is. */
final class CommandOutput extends OutputStream {
    /** What a command hears from its outputs, on the reader's thread. */
    interface Listener {
        /** Before each write. @throws IOException if nothing more may be written */
        void output() throws IOException;

        /** The stream that was given for the output failed: its reader is gone. */
        void undeliverable(Exception failure);

        /** JSch closed the stream. */
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

    /** Lets nothing but an IOException out: JSch swallows a NullPointerException and goes on, with a hole in the data. */
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

    /** Leaves the target open: it belongs to the one who gave it. */
    @Override
    public void close() {
        listener.closed();
    }

    private IOException undeliverable(Exception failure) {
        listener.undeliverable(failure);
        return new IOException("the output could not be delivered", failure);
    }
}
