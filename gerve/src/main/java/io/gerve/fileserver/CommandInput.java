package io.gerve.fileserver;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Standard input of a remote command, which can be sealed. JSch may send a write that waits for the channel window even
 * after the channel was closed, and the next command on the session reuses the channel number: bytes of one user's push
 * could reach another user's command. A session is therefore reused only if its input was sealed while no write was in
 * progress.
 */
final class CommandInput extends OutputStream {
    private final OutputStream channel;
    private final BooleanSupplier ended;
    private final ReentrantLock writing = new ReentrantLock();
    private boolean sealed;

    CommandInput(OutputStream channel, BooleanSupplier ended) {
        this.channel = channel;
        this.ended = ended;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    /** Writes and flushes the bytes, because JSch would otherwise keep them until its packet is full. */
    @Override
    public void write(byte[] bytes, int start, int length) throws IOException {
        writing.lock();
        try {
            if (sealed || ended.getAsBoolean()) {
                throw new IOException("the command has ended");
            }
            channel.write(bytes, start, length);
            channel.flush();
        } finally {
            writing.unlock();
        }
    }

    /** Sends an end of file to the command. */
    @Override
    public void close() throws IOException {
        writing.lock();
        try {
            if (!sealed && !ended.getAsBoolean()) {
                sealed = true;
                channel.close();
            }
        } finally {
            writing.unlock();
        }
    }

    /** Prevents further writes. Returns whether nothing more will be sent; false if a write is in progress. */
    boolean seal() {
        if (!writing.tryLock()) {
            return false;
        }
        try {
            sealed = true;
            return true;
        } finally {
            writing.unlock();
        }
    }
}
