package io.gerve.push;

/**
 * Takes git's pkt-lines apart as their bytes pass by (gitprotocol-common(5)): nothing is kept, however they are cut into pieces. What is no
 * pkt-line breaks it for good. Confined to one thread at a time.
 */
final class PktLineReader {
    private static final int HEADER = 4;
    private static final int FIRST_LENGTH_OF_DATA = 4;
    private static final int RESERVED = 3;

    private final Sink sink;
    private int digits;
    private int length;
    private int left;
    private boolean broken;

    /** What is in the lines. */
    interface Sink {
        /** The next bytes of a line. */
        void data(byte[] bytes, int start, int length);

        void endOfLine();

        /** The packet {@code 0000}, which ends a list. */
        void flush();
    }

    PktLineReader(Sink sink) {
        this.sink = sink;
    }

    boolean isBroken() {
        return broken;
    }

    void accept(byte[] bytes, int start, int count) {
        int end = start + count;
        for (int at = start; at < end && !broken; ) {
            if (left == 0) {
                header(bytes[at]);
                at++;
            } else {
                int piece = Math.min(left, end - at);
                sink.data(bytes, at, piece);
                at += piece;
                left -= piece;
                if (left == 0) {
                    sink.endOfLine();
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
        left = Math.max(0, announced - HEADER);
        if (announced == 0) {
            sink.flush();
        } else if (announced == RESERVED) {
            broken = true;
        } else if (announced == FIRST_LENGTH_OF_DATA) {
            sink.endOfLine();
        }
    }
}
