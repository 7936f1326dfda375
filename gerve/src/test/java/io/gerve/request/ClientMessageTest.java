package io.gerve.request;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.access.Decision;
import io.gerve.access.Rule;
import io.gerve.program.RequestId;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ClientMessageTest {
    @Test
    void invalidCommandIsEscapedAndTruncated() {
        String line = "rm \u001b[31m\r\n\u202e\u0000" + "x".repeat(200);

        assertThat(ClientMessage.invalidCommand(line).text())
                .isEqualTo(
                        "rm: not found\nERROR: Invalid command: rm \\u001b[31m\\r\\n\\u202e\\u0000" + "x".repeat(68));
    }

    /** The attack: a command line forges a second message, or controls the terminal of the user. */
    @Property
    void messageHasNoLineOfTheClient(@ForAll String execLine) {
        byte[] line = ClientMessage.invalidCommand(execLine).line(new RequestId("0123456789abcdef"));

        assertThat(new String(line, UTF_8))
                .matches("\\P{Cntrl}*: not found\nERROR: Invalid command: \\P{Cntrl}* \\[0123456789abcdef]\n")
                .doesNotContain("\u2028", "\u2029", "\u202e", "\u0085");
    }

    @Test
    void lineEndsWithTheRequestId() {
        byte[] line = ClientMessage.NOT_FOUND.line(new RequestId("0123456789abcdef"));

        assertThat(new String(line, UTF_8)).isEqualTo("ERROR: Repository not found. [0123456789abcdef]\n");
    }

    @ParameterizedTest
    @EnumSource(
            value = Rule.class,
            names = {"REPOSITORY_UNKNOWN", "NO_GRANT", "DEPLOY_KEY"})
    void deniedReadAccessLooksLikeUnknownRepository(Rule rule) {
        assertThat(ClientMessage.denied(new Decision.Denied(rule, "secret"), "tom", "mojombo/bert"))
                .isEqualTo(ClientMessage.NOT_FOUND);
    }

    @Test
    void operatorMessageIsShownOnOneLine() {
        var denied = new Decision.Denied(Rule.REPOSITORY_LOCKED, "moving\nto fs4");

        assertThat(ClientMessage.denied(denied, "tom", "mojombo/bert").text())
                .isEqualTo("ERROR: This repository is locked against pushes: moving\\nto fs4");
    }
}
