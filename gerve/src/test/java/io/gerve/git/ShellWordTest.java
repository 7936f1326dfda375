package io.gerve.git;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShellWordTest {
    @Property
    void quotedTextIsReadBackUnchanged(@ForAll String path) {
        assertThat(ShellWord.read(GitQuoting.quote(path))).contains(path);
    }

    @Property(tries = 5000)
    void quotesAndEscapesAreReadBackUnchanged(@ForAll @Chars({'\'', '!', '\\', ' ', 'a'}) String path) {
        assertThat(ShellWord.read(GitQuoting.quote(path))).contains(path);
    }

    /** An accepted quoted word equals the quoting that git would write, so that no two texts have the same value. */
    @Property(tries = 5000)
    void quotedWordHasOneSpelling(@ForAll @Chars({'\'', '!', '\\', ' ', 'a'}) String rest) {
        ShellWord.read("'" + rest)
                .ifPresent(word -> assertThat(GitQuoting.quote(word)).isEqualTo("'" + rest));
    }

    @Test
    void manyEscapesDoNotOverflowTheStack() {
        String path = "'!".repeat(100_000);

        assertThat(ShellWord.read(GitQuoting.quote(path))).contains(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "'", "'a", "a'", "''a", "'a'b", "'a' 'b'", "'a'\\'b'", "'a\\'b'", "'a!b'", "\"a\"", "a b", "a\\b",
                        "$a", "`a`", "a;b",
                "a|b", "a&b", "a>b", "a<b", "a*", "a?", "a{b,c}", "a[b]", "~a", "#a", "a=b", "a%b", "(a)", "a\nb",
                        "a\u0000b", "é"
            })
    void wordThatAShellWouldInterpretIsRefused(String word) {
        assertThat(ShellWord.read(word)).isEmpty();
    }
}
