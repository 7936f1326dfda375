package io.gerve.ssh;

import java.net.InetAddress;
import java.net.ProtocolException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * PROXY header of a load balancer, which precedes the client's first byte (HAProxy's proxy-protocol.txt, versions 1 and
 * 2).
 *
 * @param client the client's address; empty if the balancer itself is the client, as for a health check, or does not
 *     know the client
 * @param length the length of the header in bytes
 */
record ProxyHeader(Optional<InetAddress> client, int length) {
    private static final byte[] SIGNATURE_2 = {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'};
    private static final byte[] SIGNATURE_1 = "PROXY ".getBytes(StandardCharsets.US_ASCII);
    private static final int FIXED_2 = 16;
    private static final int LENGTH_1_MAX = 107;
    private static final int BODY_2_MAX = 2048;
    private static final int LOCAL = 0x20;
    private static final int PROXY = 0x21;
    private static final int UNSPECIFIED = 0x00;
    private static final int TCP_IPV4 = 0x11;
    private static final int TCP_IPV6 = 0x21;
    private static final int PORTS_LENGTH = 4;
    private static final Pattern IPV4 =
            Pattern.compile("PROXY TCP4 (?<client>[0-9]{1,3}(?:\\.[0-9]{1,3}){3}) [0-9.]{7,15} [0-9]{1,5} [0-9]{1,5}");
    private static final Pattern IPV6 =
            Pattern.compile("PROXY TCP6 (?<client>[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*) [0-9A-Fa-f:.]+ [0-9]{1,5} [0-9]{1,5}");

    /**
     * Parses the header at the start of the bytes.
     *
     * @return empty if more bytes are needed
     * @throws ProtocolException if the bytes do not start with a valid header; the connection must then be closed
     */
    static Optional<ProxyHeader> read(byte[] bytes) throws ProtocolException {
        if (startsLike(bytes, SIGNATURE_2)) {
            return readVersion2(bytes);
        }
        if (startsLike(bytes, SIGNATURE_1)) {
            return readVersion1(bytes);
        }
        throw new ProtocolException("Missing PROXY header");
    }

    /** Returns how the bytes, of which more may follow, compare with the start of a header. */
    static Start startOf(byte[] bytes) {
        for (byte[] signature : List.of(SIGNATURE_1, SIGNATURE_2)) {
            if (startsLike(bytes, signature)) {
                return bytes.length < signature.length ? Start.UNDECIDED : Start.HEADER;
            }
        }
        return Start.OTHER;
    }

    /** What the first bytes of a connection are. */
    enum Start {
        HEADER,
        /** More bytes are needed. */
        UNDECIDED,
        OTHER
    }

    private static boolean startsLike(byte[] bytes, byte[] signature) {
        int length = Math.min(bytes.length, signature.length);
        return Arrays.equals(bytes, 0, length, signature, 0, length);
    }

    private static Optional<ProxyHeader> readVersion1(byte[] bytes) throws ProtocolException {
        String text = new String(bytes, 0, Math.min(bytes.length, LENGTH_1_MAX), StandardCharsets.US_ASCII);
        int end = text.indexOf("\r\n");
        if (end < 0) {
            if (bytes.length >= LENGTH_1_MAX) {
                throw new ProtocolException("PROXY line longer than " + LENGTH_1_MAX + " bytes");
            }
            return Optional.empty();
        }
        String line = text.substring(0, end);
        int length = end + 2;
        if (line.equals("PROXY UNKNOWN") || line.startsWith("PROXY UNKNOWN ")) {
            return Optional.of(new ProxyHeader(Optional.empty(), length));
        }
        for (Pattern form : new Pattern[] {IPV4, IPV6}) {
            Matcher matcher = form.matcher(line);
            if (matcher.matches()) {
                return Optional.of(new ProxyHeader(Optional.of(literal(matcher.group("client"))), length));
            }
        }
        throw new ProtocolException("Malformed PROXY line");
    }

    private static InetAddress literal(String address) throws ProtocolException {
        try {
            return InetAddress.ofLiteral(address);
        } catch (IllegalArgumentException e) {
            throw new ProtocolException("Invalid client address in PROXY line");
        }
    }

    private static Optional<ProxyHeader> readVersion2(byte[] bytes) throws ProtocolException {
        if (bytes.length < FIXED_2) {
            return Optional.empty();
        }
        ByteBuffer header = ByteBuffer.wrap(bytes);
        int command = Byte.toUnsignedInt(header.get(SIGNATURE_2.length));
        int family = Byte.toUnsignedInt(header.get(SIGNATURE_2.length + 1));
        int bodyLength = Short.toUnsignedInt(header.getShort(SIGNATURE_2.length + 2));
        if ((command != LOCAL && command != PROXY) || bodyLength > BODY_2_MAX) {
            throw new ProtocolException("Malformed PROXY header");
        }
        if (bytes.length < FIXED_2 + bodyLength) {
            return Optional.empty();
        }
        // The specification requires a receiver to accept a header without an address (UNSPEC).
        Optional<InetAddress> client = command == LOCAL || family == UNSPECIFIED
                ? Optional.empty()
                : Optional.of(address(bytes, addressLength(family), bodyLength));
        return Optional.of(new ProxyHeader(client, FIXED_2 + bodyLength));
    }

    private static int addressLength(int family) throws ProtocolException {
        return switch (family) {
            case TCP_IPV4 -> 4;
            case TCP_IPV6 -> 16;
            default -> throw new ProtocolException("PROXY header for a protocol other than TCP");
        };
    }

    private static InetAddress address(byte[] bytes, int length, int bodyLength) throws ProtocolException {
        if (bodyLength < 2 * length + PORTS_LENGTH) {
            throw new ProtocolException("PROXY header too short for its addresses");
        }
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(bytes, FIXED_2, FIXED_2 + length));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("An IP address has 4 or 16 bytes", e);
        }
    }
}
