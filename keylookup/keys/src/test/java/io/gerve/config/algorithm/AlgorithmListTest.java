package io.gerve.config.algorithm;

import static io.gerve.config.algorithm.AlgorithmList.CIPHERS;
import static io.gerve.config.algorithm.AlgorithmList.KEX_ALGORITHMS;
import static io.gerve.config.algorithm.AlgorithmList.MACS;
import static io.gerve.config.algorithm.AlgorithmProfile.COMPATIBLE;
import static io.gerve.config.algorithm.AlgorithmProfile.STRICT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AlgorithmListTest {
    @Test
    void namesReplaceTheDefaults() {
        assertThat(MACS.parse(COMPATIBLE, "hmac-sha2-512,hmac-sha2-256"))
                .containsExactly("hmac-sha2-512", "hmac-sha2-256");
    }

    @Test
    void plusAppendsAndCaretPutsFirst() {
        assertThat(MACS.parse(STRICT, "+hmac-sha2-512"))
                .containsExactly("hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "hmac-sha2-512");
        assertThat(MACS.parse(STRICT, "^hmac-sha2-512-etm@openssh.com"))
                .containsExactly("hmac-sha2-512-etm@openssh.com", "hmac-sha2-256-etm@openssh.com");
        assertThat(KEX_ALGORITHMS.parse(COMPATIBLE, "+diffie-hellman-group14-sha256"))
                .hasSize(KEX_ALGORITHMS.defaults(COMPATIBLE).size() + 1)
                .endsWith("diffie-hellman-group14-sha256");
    }

    @Test
    void minusRemovesNamesAndPatterns() {
        assertThat(CIPHERS.parse(COMPATIBLE, "-aes192-ctr,aes*gcm@openssh.com"))
                .containsExactly("aes256-ctr", "aes128-ctr");
        assertThat(KEX_ALGORITHMS.parse(COMPATIBLE, "-ecdh-*")).isEqualTo(KEX_ALGORITHMS.defaults(STRICT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hmac-sha1", "+hmac-md5", "^umac-64@openssh.com", "-hmac-sha1*", "hmac-sha2-256,", "", "+"})
    void unsupportedNamesAreRefused(String text) {
        assertThatThrownBy(() -> MACS.parse(COMPATIBLE, text))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .startsWith("has the unknown algorithm \"")
                .contains("hmac-sha2-512-etm@openssh.com");
    }

    @Test
    void emptyListIsRefused() {
        assertThatThrownBy(() -> MACS.parse(COMPATIBLE, "-*")).hasMessage("must leave at least one algorithm");
    }

    /** The attacks that these allow are published: SHA-1 collisions, CBC padding, small groups. */
    @Test
    void noBrokenAlgorithmCanBeConfigured() {
        assertThat(Stream.of(KEX_ALGORITHMS, CIPHERS, MACS, AlgorithmList.HOST_KEY_ALGORITHMS)
                        .flatMap(list -> list.supported().stream()))
                .noneMatch(name -> name.endsWith("sha1")
                        || name.contains("-cbc")
                        || name.contains("group1-")
                        || name.equals("ssh-rsa")
                        || name.equals("ssh-dss")
                        || name.contains("md5"));
    }
}
