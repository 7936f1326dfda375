package io.gerve.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyHeaderTest {
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    @Test
    void version1HeaderYieldsTheClientsAddress() throws Exception {
        byte[] bytes = ascii("PROXY TCP4 203.0.113.7 10.0.0.1 51234 22\r\nSSH-2.0-x\r\n");
        assertThat(ProxyHeader.read(bytes))
                .contains(new ProxyHeader(Optional.of(InetAddress.getByName("203.0.113.7")), bytes.length - 11));
        assertThat(ProxyHeader.read(ascii("PROXY TCP6 2001:db8::7 ::1 51234 22\r\n"))
                        .orElseThrow()
                        .client())
                .contains(InetAddress.getByName("2001:db8::7"));
        assertThat(ProxyHeader.read(ascii("PROXY UNKNOWN\r\n")).orElseThrow().client())
                .isEmpty();
    }

    @Test
    void version2HeaderYieldsTheClientsAddressAndSkipsExtensions() throws Exception {
        byte[] four = hex(SIGNATURE + "21 11 000f cb007107 0a000001 c822 0016 040000");
        assertThat(ProxyHeader.read(four))
                .contains(new ProxyHeader(Optional.of(InetAddress.getByName("203.0.113.7")), four.length));
        byte[] six = hex(
                SIGNATURE + "21 21 0024 20010db8000000000000000000000007 00000000000000000000000000000001 c822 0016");
        assertThat(ProxyHeader.read(six).orElseThrow().client()).contains(InetAddress.getByName("2001:db8::7"));
    }

    @Test
    void healthCheckHasNoClientAddress() throws Exception {
        assertThat(ProxyHeader.read(hex(SIGNATURE + "20 00 0000"))).contains(new ProxyHeader(Optional.empty(), 16));
    }

    /**
     * Balancers send UNSPEC for clients that use another transport, such as a Unix socket. The specification requires
     * to accept it.
     */
    @Test
    void unspecifiedFamilyHasNoClientAddress() throws Exception {
        assertThat(ProxyHeader.read(hex(SIGNATURE + "21 00 0000"))).contains(new ProxyHeader(Optional.empty(), 16));
        assertThat(ProxyHeader.read(hex(SIGNATURE + "21 00 000c cb007107 0a000001 c822 0016")))
                .contains(new ProxyHeader(Optional.empty(), 28));
    }

    @Test
    void incompleteHeaderNeedsMoreBytes() throws Exception {
        for (byte[] whole : new byte[][] {
            ascii("PROXY TCP4 203.0.113.7 10.0.0.1 51234 22\r\n"),
            hex(SIGNATURE + "21 11 000c cb007107 0a000001 c822 0016")
        }) {
            for (int length = 0; length < whole.length; length++) {
                assertThat(ProxyHeader.read(Arrays.copyOf(whole, length))).isEmpty();
            }
            assertThat(ProxyHeader.read(whole)).isPresent();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH_9.9\r\n",
                "GET / HTTP/1.1\r\n",
                "proxy TCP4 203.0.113.7 10.0.0.1 1 2\r\n",
                "PROXY TCP4 example.org 10.0.0.1 1 2\r\n",
                "PROXY TCP4 999.0.113.7 10.0.0.1 1 2\r\n",
                "PROXY TCP4 2001:db8::7 10.0.0.1 1 2\r\n",
                "PROXY UDP4 203.0.113.7 10.0.0.1 1 2\r\n",
                "PROXY TCP4 203.0.113.7\r\n",
                "PROXY TCP4 203.0.113.7 10.0.0.1 1 2 3\r\n",
                "PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n",
                "PROXY TCP4 203.0.113.7                                                                                               "
            })
    void malformedVersion1HeaderIsRefused(String text) {
        assertThatThrownBy(() -> ProxyHeader.read(ascii(text))).isInstanceOf(ProtocolException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "31 11 000c cb007107 0a000001 c822 0016",
                "22 11 000c cb007107 0a000001 c822 0016",
                "21 12 000c cb007107 0a000001 c822 0016",
                "21 31 000c cb007107 0a000001 c822 0016",
                "21 11 0004 cb007107",
                "21 11 ffff cb007107"
            })
    void malformedVersion2HeaderIsRefused(String rest) {
        assertThatThrownBy(() -> ProxyHeader.read(hex(SIGNATURE + rest))).isInstanceOf(ProtocolException.class);
    }
}
