package io.gerve.keylookup.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

class BrowserSecretTest {
    private final BrowserSecret secret = BrowserSecret.generate(new SecureRandom());

    @Test
    void itIsReadAsItIsWrittenAndDoesNotPrint() {
        assertThat(secret.text()).hasSize(43);
        assertThat(BrowserSecret.parse(secret.text()).orElseThrow().sha256()).isEqualTo(secret.sha256());
        assertThat(secret.toString()).doesNotContain(secret.text());
        assertThat(BrowserSecret.parse("")).isEmpty();
        assertThat(BrowserSecret.parse("A".repeat(42))).isEmpty();
        assertThat(BrowserSecret.parse("A".repeat(42) + "B"))
                .as("bits that no byte has")
                .isEmpty();
    }

    @Test
    void aFormOfOneBrowserIsNotAnothers() {
        assertThat(secret.isFormToken(secret.formToken())).isTrue();
        assertThat(secret.formToken()).isNotEqualTo(secret.text());
        BrowserSecret other = BrowserSecret.generate(new SecureRandom());
        assertThat(secret.isFormToken(other.formToken())).isFalse();
        assertThat(secret.isFormToken("")).isFalse();
    }
}
