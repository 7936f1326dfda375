package io.gerve.keyservice.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

class SessionSecretTest {
    private final SessionSecret secret = SessionSecret.generate(new SecureRandom());

    @Test
    void secretIsParsedFromItsTextAndHiddenInToString() {
        assertThat(secret.text()).hasSize(43);
        assertThat(SessionSecret.parse(secret.text()).orElseThrow().sha256()).isEqualTo(secret.sha256());
        assertThat(secret.toString()).doesNotContain(secret.text());
        assertThat(SessionSecret.parse("")).isEmpty();
        assertThat(SessionSecret.parse("A".repeat(42))).isEmpty();
        assertThat(SessionSecret.parse("A".repeat(42) + "B"))
                .as("non-canonical base64")
                .isEmpty();
    }

    @Test
    void formTokenBelongsToOneSecret() {
        assertThat(secret.isFormToken(secret.formToken())).isTrue();
        assertThat(secret.formToken()).isNotEqualTo(secret.text());
        SessionSecret other = SessionSecret.generate(new SecureRandom());
        assertThat(secret.isFormToken(other.formToken())).isFalse();
        assertThat(secret.isFormToken("")).isFalse();
    }
}
