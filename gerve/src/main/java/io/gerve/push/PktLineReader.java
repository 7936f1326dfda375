package io.gerve.push;

/**
 * Streaming parser of pkt-lines (gitprotocol-common(5)). It buffers nothing, and the input may be split anywhere.
 * Invalid input breaks the reader for good. Confined to one thread at a time.
 */
final class PktLineReader {
    private static final int HEADER = 4;
    private static final int FIRST_LENGTH_OF_DATA = 4;
    private static final int RESERVED = 3;

    private final Handler handler;
    private int digits;
    private int length;
    private int remaining;
    private boolean broken;

    /** Receiver of the parsed lines. */
    interface Handler {
        /** Receives the next bytes of a line. */
        void data(byte[] bytes, int start, int length);

        void endOfLine();

        /** Receives a flush packet, {@code 0000}, which ends a list. */
        void flush();
    }

    PktLineReader(Handler handler) {
        this.handler = handler;
    }

    boolean isBroken() {
        return broken;
    }

    void accept(byte[] bytes, int start, int count) {
        int end = start + count;
        for (int at = start; at < end && !broken; ) {
            if (remaining == 0) {
                header(bytes[at]);
                at++;
            } else {
                int piece = Math.min(remaining, end - at);
                handler.data(bytes, at, piece);
                at += piece;
                remaining -= piece;
                if (remaining == 0) {
                    handler.endOfLine();
                }
            }
        }
    }

    private void header(byte character) {
        int digit = Character.digit(character, 16);
        if (digit < 0) {
            broken = true;
            return;
        }
        length = length << 4 | digit;
        digits++;
        if (digits == HEADER) {
            begin(length);
            digits = 0;
            length = 0;
        }
    }

    private void begin(int announced) {
        remaining = Math.max(0, announced - HEADER);
        if (announced == 0) {
            handler.flush();
        } else if (announced == RESERVED) {
            broken = true;
        } else if (announced == FIRST_LENGTH_OF_DATA) {
            handler.endOfLine();
        }
    }
}
