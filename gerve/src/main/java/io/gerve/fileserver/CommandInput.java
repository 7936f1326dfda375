package io.gerve.fileserver;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * A command's standard input, which ends for certain. JSch may still send a write that was waiting for the window after the channel
 * was closed, and a channel's number is used again by the next command on the session: one user's push would run into another's. So
 * a session is used again only if its input could be sealed while nobody was writing.
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

    /** Sends it at once: JSch would keep it until its packet is full. */
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

    /** Sends the command its end of file. */
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

    /** @return whether it is certain that nothing more will be sent; not if somebody is in the middle of a write */
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
